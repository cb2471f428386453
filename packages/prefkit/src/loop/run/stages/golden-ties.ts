import type { AlgorithmState, AlgorithmStep } from '../../algorithms/algorithm'

/** Counts pairs whose two responses have the same golden score, over all steps of a stage. */
export interface GoldenTies {
  /** The same steps, whose states keep the count beside their own data. */
  readonly watch: (
    steps: (resume?: AlgorithmState) => AsyncIterable<AlgorithmStep>,
    resume?: AlgorithmState,
  ) => AsyncGenerator<AlgorithmStep, void, void>
  readonly count: () => number
}

/** What states keep. */
interface Kept {
  readonly own: unknown
  readonly ties: number
}

/** Of steps that log how many `pairs` they have, and as `golden/equal` which share of these is without a difference. */
export function goldenTies(): GoldenTies {
  let ties = 0
  return {
    async *watch(steps, resume) {
      // What state() of such a stage gave.
      const kept = resume?.data as Kept | undefined
      ties = kept?.ties ?? 0
      for await (const step of steps(resume && { ...resume, data: kept?.own })) {
        const { pairs = 0, 'golden/equal': share = 0 } = step.metrics
        ties += Math.round(share * pairs)
        const now = ties
        const state = async () => {
          const own = await step.state()
          const data: Kept = { own: own.data, ties: now }
          return { ...own, data }
        }
        yield { ...step, state }
      }
    },
    count: () => ties,
  }
}

/** What is to be known where more than half of the pairs have no difference; undefined where not. */
export function mostlyTies(ties: number, pairs: number): string | undefined {
  if (2 * ties <= pairs) return undefined
  const remedy =
    'take a golden reward that tells responses apart more often, or let them be longer (sampling.maxNewTokens)'
  return `comparisons.golden: ${ties} of ${pairs} pairs have no difference of golden reward, so that chance decides which is better: ${remedy}`
}
