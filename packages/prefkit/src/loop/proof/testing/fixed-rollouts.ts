import { completionDatum, type PolicyBackend } from '@prefkit/lm'
import type { LoopPrompt } from '../../prompts/prompt'
import type { RewardFunction } from '../../rewards/reward-function'
import type { RolloutSource } from '../../rollouts/rollout'

/** A response as it is given, with what it is rewarded with. */
export interface GivenResponse {
  readonly prompt: readonly number[]
  readonly completion: readonly number[]
  readonly reward: number
}

/** Steps are in the seeds of requests. */
const stepOf = (seed: number): number => seed % 2 ** 20

const promptOf = ({ prompt, reward }: GivenResponse): LoopPrompt => ({
  ...{ id: prompt.join(' '), text: '', tokens: prompt },
  fields: { reward },
})

/** Gives the responses of each step, whatever prompts are asked for, as if the policy had drawn them at that temperature; what ends with `eos` is whole. */
export const fixedRollouts = (
  policy: Pick<PolicyBackend, 'forward'>,
  steps: readonly (readonly GivenResponse[])[],
  eos = 2,
): RolloutSource => ({
  isPolicy: true,
  async draw({ seed, n, sampling: { temperature = 1 } }) {
    const given = steps[stepOf(seed)]!
    const data = given.map(({ prompt, completion }) => completionDatum(prompt, completion))
    const said = await policy.forward(data)
    const drawn = temperature === 1 ? said : await policy.forward(data, { temperature })
    return given.map((each, i) => ({
      ...{ prompt: promptOf(each), sample: i % n, tokens: each.completion, text: '' },
      finishReason: each.completion.at(-1) === eos ? 'stop' : 'length',
      ...{ logProbs: said[i]!.logProbs, samplingLogProbs: drawn[i]!.logProbs },
    }))
  },
})

/** The rewards that they are given with. */
export const fixedReward: RewardFunction = {
  name: 'reward',
  // As fixedRollouts puts it there.
  score: async (rollouts) => ({ scores: rollouts.map(({ prompt }) => prompt.fields!.reward as number) }),
}
