import type { StepDistributions } from '../../loggers/logger'
import type { ScoredRollout } from '../../rewards/reward-function'
import type { SampleRow } from './run-event'
import type { HeldOutRollout } from './stage'

/** Responses that are kept of a step that is learnt from: one of each of so many prompts, at most. */
const keptPrompts = 4

/** JSON has no NaN. */
const orNull = (score: number): number | null => (Number.isFinite(score) ? score : null)

const rowOf =
  (stage: string, step: number, split: SampleRow['split']) =>
  ({ prompt, text, reward, rewards, kl }: HeldOutRollout): SampleRow => ({
    ...{ stage, step, split, promptId: prompt.id, prompt: prompt.text, response: text },
    ...(prompt.anchors?.[0] && { anchor: prompt.anchors[0].text }),
    reward: orNull(reward),
    rewards: Object.fromEntries(Object.entries(rewards).map(([name, score]) => [name, orNull(score)])),
    ...(kl !== undefined && { kl }),
  })

/** What of a step is worth a look later: some of what was learnt from, where it is asked for, and all that was evaluated. */
export function sampleRows(
  { stage, step }: { readonly stage: string; readonly step: number },
  rollouts: readonly ScoredRollout[],
  heldOut: readonly HeldOutRollout[],
): SampleRow[] {
  const firsts = rollouts.filter(
    ({ prompt }, i) => rollouts.findIndex((other) => other.prompt.id === prompt.id) === i,
  )
  return [
    ...firsts.slice(0, keptPrompts).map(rowOf(stage, step, 'train')),
    ...heldOut.map(rowOf(stage, step, 'held-out')),
  ]
}

/** Rewards and lengths of what was drawn, as a logger shows their distributions; a part that did not score is left out. */
export function distributionsOf(
  { stage, step }: { readonly stage: string; readonly step: number },
  rollouts: readonly ScoredRollout[],
): StepDistributions {
  const names = [...new Set(rollouts.flatMap(({ rewards }) => Object.keys(rewards)))]
  const scored = names.map(
    (name) =>
      [
        `rewards/${name}`,
        rollouts.map(({ rewards }) => rewards[name]!).filter((score) => Number.isFinite(score)),
      ] as const,
  )
  return {
    ...{ stage, step },
    values: {
      reward: rollouts.map(({ reward }) => reward).filter((reward) => Number.isFinite(reward)),
      'completions/length': rollouts.map(({ tokens }) => tokens.length),
      ...Object.fromEntries(scored.filter(([, scores]) => scores.length > 0)),
    },
  }
}
