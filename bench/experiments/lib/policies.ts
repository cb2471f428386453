import {
  pointwiseReward,
  valueWithAnchor,
  winProbabilityReward,
} from '../../../packages/prefkit/src/loop/index.ts'
import { anchoredPrompts } from './anchors.ts'
import { annotators } from './comparisons.ts'
import type { Cell, Context } from './context.ts'
import { type PolicyArm, type PolicyOutcome, trainPolicy } from './policy-run.ts'
import {
  distilJudge,
  lastMetrics,
  openJudge,
  openScalar,
  standardJudge,
  trainBradleyTerry,
  trainJudge,
} from './reward-models.ts'
import type { Size } from './sizes.ts'

/** What a policy is rewarded with, and what its critic reads. */
export type Learner = 'value with anchor' | 'value distilled' | 'value of the prompt' | 'Bradley–Terry reward'

export const learners: readonly Learner[] = [
  ...(['value with anchor', 'value distilled', 'value of the prompt', 'Bradley–Terry reward'] as const),
]

/** Where a policy learns: its judge is that of its seed. */
interface Place {
  readonly context: Context
  readonly seed: number
  readonly n: number
}

/** Opens what is asked, and lets it go when the policy has learnt. */
type Open = (place: Place) => Promise<{
  readonly arm: Omit<PolicyArm, 'seed'>
  readonly notes?: Pick<PolicyOutcome, 'informationLost'>
  release(): Promise<void>
}>

async function pairwise({ context, seed, n }: Place) {
  const { path, prompts } = await anchoredPrompts(context, { seed, n })
  const { scorer, release } = await openJudge(context, await trainJudge(context, standardJudge(seed)))
  return { arm: { prompts, rewards: [winProbabilityReward({ scorer })] }, path, release }
}

const opens: Readonly<Record<Learner, Open>> = {
  async 'value with anchor'(place) {
    const { arm, release } = await pairwise(place)
    const criticPrompt = valueWithAnchor({ separator: place.context.world.encode('\n') })
    return { arm: { ...arm, criticPrompt }, release }
  },
  async 'value distilled'(place) {
    const { context, seed } = place
    const { arm, path, release } = await pairwise(place)
    const own = { seed, prompts: arm.prompts, anchorsOf: path.slice(path.lastIndexOf('/') + 1) }
    const distilled = await distilJudge(context, own)
    const scores = await openScalar(context, distilled)
    const { eval_information_lost: informationLost } = await lastMetrics(distilled)
    const bound = { bound: 'sigmoid', reference: 'anchors' } as const
    const valueRewards = [pointwiseReward({ scorer: scores.scorer, name: 'distilled', ...bound })]
    return {
      arm: { ...arm, valueRewards },
      ...(informationLost !== undefined && { notes: { informationLost } }),
      release: async () => {
        await Promise.all([release(), scores.release()])
      },
    }
  },
  async 'value of the prompt'(place) {
    const { arm, release } = await pairwise(place)
    return { arm, release }
  },
  async 'Bradley–Terry reward'({ context, seed }) {
    const { world } = context
    const count = world.size.comparisons.count
    const path = await trainBradleyTerry(context, { seed, noise: 0, count })
    const { scorer, release } = await openScalar(context, path)
    return { arm: { prompts: world.prompts.learnt, rewards: [pointwiseReward({ scorer })] }, release }
  },
}

async function learn(learner: Learner, place: Place): Promise<PolicyOutcome> {
  const { arm, notes, release } = await opens[learner](place)
  const outcome = await trainPolicy(place.context, { ...arm, seed: place.seed })
  await release()
  return { ...outcome, ...notes }
}

/** A policy of a seed, the same for every claim that asks for it. */
export const policyCell = (
  { policy, anchors, judge, comparisons, responseTokens }: Size,
  { learner, seed, n }: { readonly learner: Learner; readonly seed: number; readonly n: number },
): Cell => ({
  experiment: 'policies',
  settings: {
    ...{ arm: learner, seed, n, most: Math.max(...anchors.n), distilled: anchors.distilled },
    ...{ policy, judge, comparisons, responseTokens, annotators },
  },
  run: (context) => learn(learner, { context, seed, n }),
})
