import type { PreferencePair } from '../../prompts/preference-pair'
import type { Rollout } from '../../rollouts/rollout'
import type { StepMetrics } from '../../step-record'

/** Labelled pairs, and what is logged of them. */
export interface LabelledPairs {
  readonly pairs: readonly PreferencePair[]
  readonly metrics: StepMetrics
}

/** Says which response of each pair is better; the first two rollouts are a pair, and so on. */
export type LabelPairs = (
  rollouts: readonly Rollout[],
  /** Place of the first pair among all of the run, from which labels are drawn. */
  offset: number,
) => Promise<LabelledPairs>

const responseOf = ({ text, tokens }: Rollout) => ({ text, tokens })

/** Two responses to a prompt, the better one first. */
export const pairOf = (chosen: Rollout, rejected: Rollout): PreferencePair => ({
  prompt: chosen.prompt,
  chosen: responseOf(chosen),
  rejected: responseOf(rejected),
})
