import { completionDatum } from '@prefkit/lm'
import { zeros } from '@prefkit/tensor'
import {
  functionReward,
  goldenReward,
  type LoopPrompt,
  type PpoOptions,
  policyRollouts,
  ppo,
} from '../../../packages/prefkit/src/loop/index.ts'
import type { Context } from './context.ts'
import { baseResponses } from './rollouts.ts'

/** What a policy was like when it drew the responses of a step, on prompts that it learns on. */
export interface CurvePoint {
  readonly step: number
  /** KL from the model that it began as, nats a response. */
  readonly kl: number
  readonly golden: number
  readonly reward: number
  readonly explainedVariance: number
}

/** What a policy has come to, on prompts that it did not learn on. */
export interface PolicyOutcome {
  readonly curve: readonly CurvePoint[]
  readonly golden: number
  /** Of responses against those of the model that it began as, by golden reward; ties count half. */
  readonly goldenWinRate: number
  readonly kl: number
  /** Of the judge's answers what the scores that a critic learnt from do not say, on held-out responses; nats a pair. */
  readonly informationLost?: number
}

/** What differs between policies. */
export type PolicyArm = Pick<PpoOptions, 'rewards' | 'valueRewards' | 'criticPrompt'> & {
  readonly prompts: readonly LoopPrompt[]
  readonly seed: number
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const winShare = (own: readonly number[], others: readonly number[]): number =>
  mean(own.flatMap((one) => others.map((other) => (Math.sign(one - other) + 1) / 2)))

type Policy = ReturnType<Context['world']['policy']>

async function evaluate(context: Context, policy: Policy): Promise<Omit<PolicyOutcome, 'curve'>> {
  const { world } = context
  const { heldOut: prompts } = world.prompts
  const n = world.size.policy.heldOutSamples
  const reference = await baseResponses(context, prompts, { n, seed: 4 })
  const drawn = await policyRollouts(policy).draw({ prompts, n, sampling: world.sampling, seed: 6 })
  const data = drawn.map(({ prompt, tokens }) => completionDatum(prompt.tokens, tokens))
  const before = await policy.forward(data, { reference: true })
  const scores = drawn.map(world.golden)
  const scoresOf = (i: number): number[] => scores.slice(i * n, (i + 1) * n)
  return {
    golden: mean(scores),
    goldenWinRate: mean(prompts.map((_, i) => winShare(scoresOf(i), reference[i]!.map(world.golden)))),
    kl: mean(
      drawn.map(({ logProbs }, i) =>
        logProbs.reduce((sum, each, t) => sum + each - before[i]!.logProbs[t]!, 0),
      ),
    ),
  }
}

/** A head that says 0 of everything: drawn, its values would be noise that every critic first has to unlearn. */
const noValue = ({ model: { config } }: Context['world']) => ({
  'v_head.summary.weight': zeros([1, config.hiddenSize]),
  'v_head.summary.bias': zeros([1]),
})

/** PPO with the budget of its size, whatever it is rewarded with. */
export async function trainPolicy(context: Context, arm: PolicyArm): Promise<PolicyOutcome> {
  const { world } = context
  const { steps, promptsPerStep, samplesPerPrompt, minibatches, klWeight } = world.size.policy
  const { learningRate, criticLearningRate } = world.size.policy
  const policy = world.policy({ seed: arm.seed })
  const critic = world.policy({ seed: arm.seed, head: 'value', initial: noValue(world) })
  const golden = goldenReward(functionReward('golden', world.golden))
  const curve: CurvePoint[] = []
  const budget = { steps, promptsPerStep, samplesPerPrompt, minibatches, epochs: 1 }
  const rates = { learningRate, criticLearningRate, klWeight }
  const asked = { ...arm, rewards: [...arm.rewards, golden], sampling: world.sampling, measureEntropy: false }
  for await (const { step, metrics } of ppo({ ...budget, ...rates, ...asked, policy, critic })) {
    curve.push({
      step,
      kl: metrics['objective/kl']!,
      golden: metrics['rewards/golden/mean']!,
      reward: metrics.reward!,
      explainedVariance: metrics['value/explained_variance']!,
    })
  }
  const outcome = await evaluate(context, policy)
  await Promise.all([policy.release(), critic.release()])
  return { curve, ...outcome }
}
