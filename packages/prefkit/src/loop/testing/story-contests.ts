import type { PolicyBackend } from '@prefkit/lm'
import type { Algorithm, AlgorithmState } from '../algorithms/algorithm'
import type { ScoredRollout } from '../rewards/reward-function'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { Rollout, RolloutSource } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'

/** Prompts of algorithms that are tested on stories. */
export const startsOfStories = ['Once upon a time', 'Tom had a dog', 'The sun']

/** The share of a text's letters that are o. */
export const shareOfOs = (text: string): number => text.split('o').length / (text.length + 1)

/** Responses of a policy, and a list that each call adds its own to. */
export function recorded(policy: PolicyBackend): {
  readonly source: RolloutSource
  readonly drawn: Rollout[][]
} {
  const drawn: Rollout[][] = []
  const source = policyRollouts(policy)
  return {
    drawn,
    source: {
      ...source,
      async draw(request) {
        const responses = await source.draw(request)
        drawn.push(responses)
        return responses
      },
    },
  }
}

/** What an algorithm tells of each of its steps. */
export async function runOf(algorithm: Algorithm) {
  const metrics: StepMetrics[] = []
  const states: AlgorithmState[] = []
  const rollouts: (readonly ScoredRollout[])[] = []
  for await (const step of algorithm) {
    metrics.push(step.metrics)
    states.push(await step.state())
    rollouts.push(step.rollouts ?? [])
  }
  return { metrics, states, rollouts }
}
