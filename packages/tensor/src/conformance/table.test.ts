import { describe, expect, it } from 'vitest'
import { SymbolicDim } from '../core/dim'
import type { Graph } from '../core/graph'
import { traceGraph } from '../core/graph'
import type { Tensor } from '../core/tensor'
import { treeLeaves } from '../core/tree'
import { cast } from '../primitives/cast'
import { primitives } from '../primitives/index'
import { jit } from '../transforms/jit'
import { differentiated } from './differentiated'
import { expectEvaluated } from './expect-op'
import { finiteDifferences } from './finite-differences'
import { inputsOf } from './inputs-of'
import { table } from './table'

describe('reference in f64', () => {
  it.each(table.map((row) => [row.name, row] as const))(
    '%s: with and without a graph',
    async (_name, row) => {
      const inputs = inputsOf(row, 'f64')
      const program = differentiated(row.op)
      const compiled = jit(program, { backend: 'reference' })
      // The same loops in double precision; simplification may leave out a rounding or two.
      expectEvaluated(await compiled(...inputs), program(...inputs), { relative: 1e-15, absolute: 1e-15 })
    },
  )

  const smooth = table.filter(
    (row) => row.smooth !== false && row.inputs.some((spec) => spec.dtype === 'float'),
  )
  it.each(smooth.map((row) => [row.name, row] as const))('%s: f32 is its rounding', (_name, row) => {
    const narrow = differentiated(row.op)(...inputsOf(row, 'f32'))
    const wide = differentiated(row.op)(...inputsOf(row, 'f64'))
    const rounded = (x: Tensor | null, like: Tensor | null) => x && cast(x, like!.dtype)
    const want = {
      values: wide.values.map((value, i) => cast(value, narrow.values[i]!.dtype)),
      gradients: wide.gradients.map((gradient, i) => rounded(gradient, narrow.gradients[i]!)),
    }
    // The inputs are the same numbers; up to a few dozen f32 roundings (6e-8) of intermediates near 10 lie between.
    expectEvaluated(narrow, want, row.tolerance ?? { relative: 1e-5, absolute: 1e-5 })
  })

  it.each(smooth.map((row) => [row.name, row] as const))('%s: gradients', (_name, row) => {
    const inputs = inputsOf(row, 'f64')
    const { gradients } = differentiated(row.op)(...inputs)
    const numeric = finiteDifferences(row.op, inputs)
    gradients.forEach((gradient, i) => {
      if (!gradient) return
      gradient.data.forEach((value, k) => {
        const want = numeric[i]![k]!
        // Five points with step h = 1e-3 leave h⁴·f⁗′/30 ≈ 3e-14·f⁗′ of truncation and ε·|f|/h ≈ 2e-13·|f| of
        // rounding; the sums here reach |f| ≈ 100.
        expect(Math.abs(value - want), `gradient[${i}][${k}]: ${value}, numerically ${want}`).toBeLessThan(
          1e-9 * Math.max(1, Math.abs(want)),
        )
      })
    })
  })
})

/** Names of the primitives a graph records. */
const recorded = (graph: Graph): Set<string> =>
  new Set(graph.nodes.flatMap((node) => (node.primitive ? [node.primitive.name] : [])))

describe('the table', () => {
  it.each(table.filter((row) => row.primitive).map((row) => [row.name, row] as const))(
    '%s records the primitive it is about',
    (_name, row) => {
      // With a symbolic batch nothing that depends on it is computed while tracing.
      const avals = inputsOf(row, 'f32').map(({ shape, dtype }, i) => ({
        shape: row.batched?.[i] ? [SymbolicDim.named('B'), ...shape.slice(1)] : shape,
        dtype,
      }))
      const graph = traceGraph(avals, (xs) => treeLeaves(differentiated(row.op)(...xs)))
      expect(recorded(graph)).toContain(row.primitive)
    },
  )

  it('has a row for every primitive', () => {
    const rows = new Set(table.map((row) => row.primitive))
    expect(primitives.map(({ name }) => name).filter((name) => !rows.has(name))).toEqual([])
  })

  it('names each row once', () => {
    expect(new Set(table.map((row) => row.name)).size).toBe(table.length)
  })
})
