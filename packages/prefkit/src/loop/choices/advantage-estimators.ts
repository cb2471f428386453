import {
  type DiscountedReturnsOptions,
  discountedReturns,
  flashReinforceAdvantages,
  type GdpoOptions,
  type GpgOptions,
  type GroupRelativeOptions,
  gdpoAdvantages,
  gpgAdvantages,
  groupRelativeAdvantages,
  klPenalizedRewards,
  type MaxRlOptions,
  maxRlAdvantages,
  type OpoOptions,
  opoAdvantages,
  type PassAtKOptions,
  passAtKAdvantages,
  type ReinforcePlusPlusBaselineOptions,
  type ReinforcePlusPlusOptions,
  type RlooOptions,
  reinforcePlusPlusAdvantages,
  reinforcePlusPlusBaselineAdvantages,
  rlooAdvantages,
} from '@prefkit/advantages'
import { PrefkitError } from '../../prefkit-error'
import { comparablePlaces } from '../rewards/comparable-rollouts'
import type { ScoredRollout } from '../rewards/reward-function'
import type { AdvantageEstimator, AdvantageInputs } from './advantage-estimator'
import { chosen, type NamedChoice } from './named-choice'
import { sequenceRewards } from './sequence-rewards'

/** Which responses belong together is known: they are those to one prompt. */
type Ungrouped<Options> = Omit<Options, 'groups'>

/** One number of each rollout, for each of its tokens. */
const spread = (advantages: ArrayLike<number>, rollouts: readonly ScoredRollout[]): Float32Array[] =>
  rollouts.map(({ tokens }, i) => new Float32Array(tokens.length).fill(advantages[i]!))

const lengthsOf = (rollouts: readonly ScoredRollout[]): Float64Array =>
  Float64Array.from(rollouts, ({ tokens }) => tokens.length)

/** An estimator of the rewards of whole responses, with a penalty taken off, and of what they are made of. */
const ofSequences =
  (
    estimate: (
      rewards: Float64Array,
      groups: readonly number[],
      lengths: () => Float64Array,
    ) => ArrayLike<number>,
  ): AdvantageEstimator =>
  (inputs) =>
    spread(
      estimate(sequenceRewards(inputs), inputs.groups, () => lengthsOf(inputs.rollouts)),
      inputs.rollouts,
    )

/** GRPO (2402.03300), and Dr. GRPO with `scale: 'none'`: see `groupRelativeAdvantages`. */
export const groupRelative = (options: Ungrouped<GroupRelativeOptions> = {}): AdvantageEstimator =>
  ofSequences((rewards, groups) => groupRelativeAdvantages(rewards, { ...options, groups }))

/** RLOO (2402.14740): see `rlooAdvantages`. */
export const rloo = (options: Ungrouped<RlooOptions> = {}): AdvantageEstimator =>
  ofSequences((rewards, groups) => rlooAdvantages(rewards, { ...options, groups }))

/** REINFORCE++ with a baseline (2501.03262): see `reinforcePlusPlusBaselineAdvantages`. */
export const reinforcePlusPlusBaseline = (
  options: Ungrouped<ReinforcePlusPlusBaselineOptions> = {},
): AdvantageEstimator =>
  ofSequences((rewards, groups, lengths) =>
    reinforcePlusPlusBaselineAdvantages(rewards, lengths(), { ...options, groups }),
  )

/** OPO (2505.23585): see `opoAdvantages`. */
export const opo = (options: Ungrouped<OpoOptions> = {}): AdvantageEstimator =>
  ofSequences((rewards, groups, lengths) => opoAdvantages(rewards, lengths(), { ...options, groups }))

/** GPG (2504.02546): see `gpgAdvantages`. */
export const gpg = (options: Ungrouped<GpgOptions> = {}): AdvantageEstimator =>
  ofSequences((rewards, groups) => gpgAdvantages(rewards, { ...options, groups }))

/** MaxRL (2602.02710), of rewards of 0 or more: see `maxRlAdvantages`. */
export const maxRl = (options: Ungrouped<MaxRlOptions> = {}): AdvantageEstimator =>
  ofSequences((rewards, groups) => maxRlAdvantages(rewards, { ...options, groups }))

/** GRPO for pass@k (2503.19595): see `passAtKAdvantages`. */
export const passAtK = (options: Ungrouped<PassAtKOptions> = {}): AdvantageEstimator =>
  ofSequences((rewards, groups) => passAtKAdvantages(rewards, { ...options, groups }))

/** The deviation from the mean of the step: see `flashReinforceAdvantages`. */
export const flashReinforce = (): AdvantageEstimator =>
  ofSequences((rewards) => flashReinforceAdvantages(rewards))

/** The reward itself, as in plain REINFORCE. */
export const rewardAlone = (): AdvantageEstimator => ofSequences((rewards) => rewards)

const refuse = (estimator: string, problem: string): never => {
  throw new PrefkitError('INVALID_CONFIG', `advantages: ${estimator}: ${problem}`)
}

/**
 * GDPO (2601.05242): every reward function with a weight is made group-relative on its own, see `gdpoAdvantages`. A part that scored
 * nothing is left out of its sum as in TRL; verl knows no such part, so by its convention nothing is learnt from such a response.
 * @throws PrefkitError `INVALID_CONFIG` where a penalty is to be taken off the rewards, as it is of none of them.
 */
export const gdpo =
  (options: GdpoOptions = {}): AdvantageEstimator =>
  ({ rollouts, groups, rewards, klWeight = 0 }) => {
    if (klWeight !== 0) {
      refuse('gdpoAdvantages', "klIn: expected 'loss', as the penalty belongs to no reward, got 'reward'")
    }
    const counted = rewards.filter(({ weight = 1 }) => weight !== 0)
    const isVerl = options.convention === 'verl'
    const isWhole = (place: number) =>
      counted.every(({ name }) => !Number.isNaN(rollouts[place]!.rewards[name]!))
    const places = comparablePlaces(groups, (place) => !isVerl || isWhole(place))
    const own = places.map((place) => rollouts[place]!)
    const input = {
      rewards: counted.map(({ name }) => own.map((rollout) => rollout.rewards[name]!)),
      weights: counted.map(({ weight = 1 }) => weight),
      groups: places.map((place) => groups[place]!),
      ...(isVerl && { lengths: lengthsOf(own) }),
    }
    const advantages = new Float64Array(rollouts.length)
    gdpoAdvantages(input, isVerl ? options : { missing: 'exclude', ...options }).forEach((each, i) => {
      advantages[places[i]!] = each
    })
    return spread(advantages, rollouts)
  }

/** The rewards of tokens: that of the response on its last, and on each the penalty, where there is one. */
function tokenRewards({ rollouts, klWeight = 0, oldLogProbs, refLogProbs }: AdvantageInputs): number[][] {
  const zeros = () => rollouts.map(({ tokens }) => tokens.map(() => 0))
  const logprobs = oldLogProbs?.map((row) => Array.from(row)) ?? zeros()
  const refLogprobs = refLogProbs?.map((row) => Array.from(row)) ?? zeros()
  const rewards = rollouts.map(({ reward }) => reward)
  return klPenalizedRewards({ rewards, logprobs, refLogprobs }, { klWeight }).rewards
}

/** REINFORCE++ (2501.03262), with the KL penalty on each token: see `reinforcePlusPlusAdvantages`. */
export const reinforcePlusPlus =
  (options: ReinforcePlusPlusOptions = {}): AdvantageEstimator =>
  (inputs) =>
    reinforcePlusPlusAdvantages({ rewards: tokenRewards(inputs) }, options).advantages

/** The returns of each token, with the KL penalty on each: see `discountedReturns`. */
export const returnsToGo =
  (options: DiscountedReturnsOptions = {}): AdvantageEstimator =>
  (inputs) =>
    discountedReturns({ rewards: tokenRewards(inputs) }, options)

type Choice = (options: never) => AdvantageEstimator

/** Estimators by the names of their functions in `@prefkit/advantages`, and `none`: the reward itself. */
export const advantageEstimators = {
  discountedReturns: returnsToGo,
  flashReinforceAdvantages: flashReinforce,
  gdpoAdvantages: gdpo,
  gpgAdvantages: gpg,
  groupRelativeAdvantages: groupRelative,
  maxRlAdvantages: maxRl,
  none: rewardAlone,
  opoAdvantages: opo,
  passAtKAdvantages: passAtK,
  reinforcePlusPlusAdvantages: reinforcePlusPlus,
  reinforcePlusPlusBaselineAdvantages: reinforcePlusPlusBaseline,
  rlooAdvantages: rloo,
} as const satisfies Record<string, Choice>

/** The name of an estimator of advantages. */
export type AdvantageEstimatorName = keyof typeof advantageEstimators

/** What this loop does not know. */
const unfed = {
  gae: 'it needs a value model, which ppo has',
  generalizedAdvantageEstimation: 'it needs a value model, which ppo has',
  vTrace: 'it needs a value model, which ppo has',
  remaxAdvantages: 'it needs the reward of a greedy response to each prompt, which is not drawn',
  optimalAdvantages: 'it needs the rewards of responses of the reference policy, which are not drawn',
  optimalTokenBaselineAdvantages:
    'it needs Σπ² over the vocabulary at each token, which no server and no policy tells',
}

/** Options of functions that take none but those of their groups. */
const withoutOptions: readonly string[] = ['none', 'flashReinforceAdvantages']

const sample = (sampleIndex: number, reward: number): ScoredRollout => ({
  prompt: { id: '', text: '', tokens: [0] },
  ...{ sample: sampleIndex, text: '', tokens: [0, 0], finishReason: 'stop' },
  ...{ logProbs: Float32Array.of(-1, -1), samplingLogProbs: Float32Array.of(-1, -1) },
  ...{ rewards: { '': reward }, reward },
})

/** Two responses to one prompt, so that options are checked before anything is drawn. */
const twoRollouts: AdvantageInputs = {
  rollouts: [sample(0, 0), sample(1, 1)],
  groups: [0, 0],
  rewards: [{ name: '' }],
}

/**
 * An estimator by the name of its function in `@prefkit/advantages`, or `none`.
 * @throws PrefkitError `INVALID_CONFIG` for an unknown name, with the nearest one; for one that needs what the loop does not have; for
 *   `groups`, which are the prompts. AdvantageError `INVALID_OPTION` for its other options.
 */
export function advantageEstimatorOf({ name, options = {} }: NamedChoice): AdvantageEstimator {
  const make = chosen<Choice>('advantages', name, advantageEstimators, unfed)
  const [given] = Object.keys(options)
  if (given !== undefined && withoutOptions.includes(name)) refuse(name, `expected no options, got ${given}`)
  if ('groups' in options) refuse(name, 'groups: expected none, as responses to one prompt are a group')
  // Its function checks names and values.
  const estimate = make(options as never)
  estimate(twoRollouts)
  return estimate
}

/** Whether an estimator tells responses apart that are the only ones to their prompts. */
export function learnsFromOne(estimate: AdvantageEstimator): boolean {
  const advantages = estimate({ ...twoRollouts, groups: [0, 1] })
  return advantages.some((row) => Array.from(row).some((advantage) => advantage !== 0))
}
