import type { Compilation } from '@prefkit/tensor'
import { LmError } from '../lm-error'

/** Something compiled, such as what `jit` gives. */
interface Compiled {
  compilations(): Promise<Compilation[]>
  release(): Promise<void>
}

/** The passes of a model, one for each structure of what they are handed. */
export interface CompiledPasses<Pass> {
  /**
   * Calls the pass of a structure.
   * @throws LmError `RELEASED`.
   */
  run<Result>(structure: string, call: (pass: Pass) => Promise<Result>): Promise<Result>
  compilations(): Promise<Compilation[]>
  /** Frees all of them, when the calls under way have ended; there are no further ones. */
  release(): Promise<void>
}

/** A pass, and the calls of it that have not ended. */
interface Kept<Pass> {
  readonly pass: Pass
  readonly calls: Set<Promise<unknown>>
}

/**
 * How many passes are kept, each with constants of its own. Two, so that what goes on by an earlier structure beside a new
 * one does not compile anew at each step.
 */
const most = 2

/** Frees a pass that no call begins any more. */
async function free({ pass, calls }: Kept<Compiled>): Promise<void> {
  await Promise.allSettled(calls)
  await pass.release()
}

/**
 * Passes that are made when they are first asked for; beyond two, that which was called least lately is freed first.
 * @param name what errors call the model.
 */
export function compiledPasses<Pass extends Compiled>(name: string, make: () => Pass): CompiledPasses<Pass> {
  const passes = new Map<string, Kept<Pass>>()
  let released = false

  /** The pass of a structure, which is now the one called last, and those that it leaves no place for. */
  const take = (structure: string) => {
    const kept = passes.get(structure) ?? { pass: make(), calls: new Set() }
    passes.delete(structure)
    passes.set(structure, kept)
    const leaving = [...passes.entries()].slice(0, -most)
    for (const [each] of leaving) passes.delete(each)
    return { kept, leaving: leaving.map(([, each]) => each) }
  }

  return {
    async run(structure, call) {
      if (released)
        throw new LmError('RELEASED', `${name}: expected a model to run, got one that was released`)
      const { kept, leaving } = take(structure)
      const calling = (async () => {
        // First, so that there are never more copies of the constants than passes that are kept.
        await Promise.all(leaving.map(free))
        return call(kept.pass)
      })()
      kept.calls.add(calling)
      try {
        return await calling
      } finally {
        kept.calls.delete(calling)
      }
    },
    async compilations() {
      const all = await Promise.all([...passes.values()].map(({ pass }) => pass.compilations()))
      return all.flat()
    },
    async release() {
      released = true
      const all = [...passes.values()]
      passes.clear()
      await Promise.all(all.map(free))
    },
  }
}
