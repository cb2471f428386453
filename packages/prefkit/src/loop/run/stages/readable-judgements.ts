import { PrefkitError } from '../../../prefkit-error'
import type { AlgorithmState, AlgorithmStep } from '../../algorithms/algorithm'

/** Of the judgements of a step, the shares that have a score, and that were cut off. */
interface ReadableShare {
  readonly readable: number
  readonly cutOff: number
}

/** The last part of a stage, over which shares are told: a tenth of its steps, and at least so many. */
const fewestSteps = 5
const lastSteps = (steps: number): number => Math.max(fewestSteps, Math.ceil(steps / 10))

/** Below this share much of what is judged has no score. */
const few = 0.5

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Watches how many judgements of a judge that learns can be read. */
export interface ReadableWatch {
  /** The same steps, whose states keep what was seen. */
  readonly watch: (
    steps: AsyncIterable<AlgorithmStep>,
    resume?: AlgorithmState,
  ) => AsyncGenerator<AlgorithmStep, void, void>
  /** Shares over the last part of the stage; undefined before its first step. */
  readonly last: () => ReadableShare | undefined
}

/** @param steps of the whole stage. */
export function readableWatch(steps: number): ReadableWatch {
  let seen: readonly ReadableShare[] = []
  return {
    async *watch(made, resume) {
      // What state() of such a stage gave.
      seen = (resume?.data as readonly ReadableShare[] | undefined) ?? []
      for await (const step of made) {
        const { 'format/parsed_ratio': readable = 0, 'completions/clipped_ratio': cutOff = 0 } = step.metrics
        const kept = [...seen, { readable, cutOff }].slice(-lastSteps(steps))
        seen = kept
        yield { ...step, state: async () => ({ ...(await step.state()), data: kept }) }
      }
    },
    last: () =>
      seen.length === 0
        ? undefined
        : {
            readable: mean(seen.map(({ readable }) => readable)),
            cutOff: mean(seen.map(({ cutOff }) => cutOff)),
          },
  }
}

/** What a judge is like whose judgements are to be read. */
export interface JudgeAsked {
  readonly maxNewTokens: number
  /** Whether it has learnt the form of its answers before. */
  readonly hasLearntForm: boolean
}

/** What is wrong with so few readable judgements, and what to do; undefined where there are enough. */
export function unreadableJudge(
  { readable, cutOff }: ReadableShare,
  { maxNewTokens, hasLearntForm }: JudgeAsked,
): string | undefined {
  if (readable >= few) return undefined
  const isCut = cutOff > few
  const share = readable === 0 ? 'none' : `${(100 * readable).toFixed(1)} %`
  const cut = isCut ? `, and ${(100 * cutOff).toFixed(0)} % were cut off` : ''
  const remedies = [
    ...(isCut ? [`raise judge.maxNewTokens (${maxNewTokens}), so that the answer fits`] : []),
    hasLearntForm
      ? 'teach it the form of its answers for longer or from more rows (judge.sft)'
      : 'teach it the form of its answers first, by a section judge.sft',
  ]
  return `judge: ${share} of its judgements could be read over the last steps${cut}: ${remedies.join('; ')}`
}

/**
 * Says so where few judgements can be read.
 * @throws PrefkitError `BAD_REWARD` where none can and something is to be rewarded by the judge.
 */
export function requireReadable(
  share: ReadableShare,
  asked: JudgeAsked,
  { isReward, onWarning }: { readonly isReward: boolean; readonly onWarning?: (message: string) => void },
): void {
  const problem = unreadableJudge(share, asked)
  if (problem === undefined) return
  if (share.readable === 0 && isReward) throw new PrefkitError('BAD_REWARD', problem)
  onWarning?.(problem)
}
