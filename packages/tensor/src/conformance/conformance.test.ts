import { describe, expect, it } from 'vitest'
import type { Tensor } from '../core/tensor'
import { jit } from '../transforms/jit'
import { conformanceBackends } from './backends'
import { differentiated, type Evaluated } from './differentiated'
import { expectEvaluated } from './expect-op'
import { inputsOf } from './inputs-of'
import { layouts } from './layouts'
import type { OpRow } from './op-row'
import { table } from './table'

type Stored = Record<string, Tensor[]>

/** The operands in each layout, and the op run from each. */
function inLayouts(
  row: OpRow,
  inputs: readonly Tensor[],
): { stored: Stored; run(stored: Stored): Record<string, Evaluated> } {
  const used = Object.entries(layouts).filter(([name]) => name === 'plain' || !row.plainOnly)
  const stored = Object.fromEntries(used.map(([name, layout]) => [name, inputs.map((x) => layout.store(x))]))
  return {
    stored,
    run: (from) =>
      Object.fromEntries(
        used.map(([name, layout]) => {
          const op = (...xs: Tensor[]) => row.op(...xs.map((x, i) => layout.restore(x, inputs[i]!.dims)))
          return [name, differentiated(op)(...from[name]!)]
        }),
      ),
  }
}

for (const backend of conformanceBackends) {
  describe(`${backend.name} against the reference, f32`, () => {
    it.each(table.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
      const { stored, run } = inLayouts(row, inputsOf(row, 'f32'))
      const compiled = jit(run, { backend: await backend.load() })
      const got = await compiled(stored)
      const want = run(stored)
      for (const layout of Object.keys(want)) {
        expectEvaluated(got[layout]!, want[layout]!, row.tolerance ?? backend.f32, layout)
      }
      await compiled.release()
    })
  })

  describe(`${backend.name}: one compilation for every batch size`, () => {
    const batched = table.filter((row) => row.batched)
    it.each(batched.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
      const program = differentiated(row.op)
      const names = row.batched!.map((is) => (is ? ['B'] : []))
      const compiled = jit(program, { backend: await backend.load(), symbolicDims: names })
      for (const size of [5, 1, 0, 3]) {
        const inputs = inputsOf(row, 'f32', size)
        expectEvaluated(
          await compiled(...inputs),
          program(...inputs),
          row.tolerance ?? backend.f32,
          `B = ${size}`,
        )
      }
      expect(await compiled.compilations()).toHaveLength(1)
      await compiled.release()
    })
  })
}
