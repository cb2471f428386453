import type { GrpoOptions } from '../algorithms/grpo'
import type { TokenReduction } from '../updates/token-reductions'
import { type AdvantageEstimatorName, advantageEstimatorOf } from './advantage-estimators'
import { chosen, type NamedChoice } from './named-choice'
import { type PolicyLossName, policyLossOf } from './policy-losses'

/** A method of policy gradients, as data: what it is made of, by the names of functions. */
export interface PolicyGradientPreset {
  /** The paper's arXiv number, or a program. */
  readonly source: string
  readonly advantages: NamedChoice & { readonly name: AdvantageEstimatorName }
  readonly loss: NamedChoice & { readonly name: PolicyLossName }
  readonly reduction: TokenReduction
  /** β of the divergence from the reference. Default: 0. */
  readonly klWeight?: number
  /** Default: `loss`. */
  readonly klIn?: 'loss' | 'reward'
  /** Multiplies the divergence in the loss by π/π_old. Default: true, as in TRL 1.16.0. */
  readonly klCorrection?: boolean
  /** Draws other prompts in the place of those whose rewards are all equal. */
  readonly dynamicSampling?: { readonly rounds: number }
}

const grouped = { name: 'groupRelativeAdvantages' } as const
const clipped = { name: 'ppoLoss' } as const

/**
 * Methods of policy gradients by the names that the field gives them. β and reductions are the paper's, or where it has several or
 * none, those of the trainer it is mostly used in.
 */
export const policyGradientPresets = {
  /** Tokens with a high covariance of probability and advantage lose their gradient. */
  clip_cov: {
    source: '2505.22617',
    advantages: grouped,
    loss: { name: 'clipCovLoss' },
    reduction: 'token-mean',
  },
  /** Ratios are weights that are clipped, so every token keeps a gradient. */
  cispo: { source: '2506.13585', advantages: grouped, loss: { name: 'cispoLoss' }, reduction: 'token-mean' },
  /** Clip-higher, the mean over tokens, and groups that teach. Its penalty of long responses is a reward. */
  dapo: {
    source: '2503.14476',
    advantages: grouped,
    loss: { name: 'grpoLoss', options: { clipEpsilonHigh: 0.28 } },
    reduction: 'token-mean',
    dynamicSampling: { rounds: 3 },
  },
  /** A trust region of probabilities instead of ratios. */
  dppo: { source: '2602.04879', advantages: grouped, loss: { name: 'dppoLoss' }, reduction: 'token-mean' },
  /** Neither divided by the deviation of a group, nor by the length of a response. */
  dr_grpo: {
    source: '2503.20783',
    advantages: { name: 'groupRelativeAdvantages', options: { scale: 'none' } },
    loss: { name: 'grpoLoss' },
    reduction: 'seq-mean-token-sum-norm',
  },
  /** Each reward is compared within its group on its own. */
  gdpo: {
    source: '2601.05242',
    advantages: { name: 'gdpoAdvantages' },
    loss: { name: 'grpoLoss' },
    reduction: 'token-mean',
  },
  /** Geometric means of ratios. */
  gmpo: {
    source: '2507.20673',
    advantages: grouped,
    loss: { name: 'gmpoLoss' },
    reduction: 'seq-mean-token-mean',
  },
  /** No ratio, and more weight where many responses have no reward. */
  gpg: {
    source: '2504.02546',
    advantages: { name: 'gpgAdvantages' },
    loss: { name: 'gpgLoss' },
    reduction: 'token-mean',
  },
  /** Rewards compared within groups; means over the tokens of each response, and its divergence as the paper has it. */
  grpo: {
    source: '2402.03300',
    advantages: grouped,
    loss: { name: 'grpoLoss' },
    reduction: 'seq-mean-token-mean',
    klWeight: 0.04,
    klCorrection: false,
  },
  /** One ratio for each sequence. */
  gspo: {
    source: '2507.18071',
    advantages: grouped,
    loss: { name: 'gspoLoss' },
    reduction: 'seq-mean-token-mean',
  },
  /** Tokens with a high covariance of probability and advantage are held near the policy that drew them. */
  kl_cov: { source: '2505.22617', advantages: grouped, loss: { name: 'klCovLoss' }, reduction: 'token-mean' },
  /** Divided by the rate of success: rewards of 0 or more. */
  maxrl: {
    source: '2602.02710',
    advantages: { name: 'maxRlAdvantages' },
    loss: clipped,
    reduction: 'token-mean',
  },
  /** A baseline that is weighted by lengths. */
  opo: {
    source: '2505.23585',
    advantages: { name: 'opoAdvantages' },
    loss: clipped,
    reduction: 'token-mean',
  },
  /** The lead of the best response over the second. */
  pass_at_k: {
    source: '2503.19595',
    advantages: { name: 'passAtKAdvantages' },
    loss: clipped,
    reduction: 'token-mean',
  },
  /** The reward itself, and nothing else. */
  reinforce: {
    source: 'Williams 1992',
    advantages: { name: 'none' },
    loss: { name: 'reinforceLoss' },
    reduction: 'seq-mean-token-sum',
  },
  /** Returns of tokens, each with its penalty, whitened over the step. β is the default of OpenRLHF 0.11.2, `--algo.kl.init_coef`. */
  'reinforce++': {
    source: '2501.03262',
    advantages: { name: 'reinforcePlusPlusAdvantages' },
    loss: clipped,
    reduction: 'token-mean',
    klWeight: 0.01,
    klIn: 'reward',
  },
  /**
   * The deviation from the mean of the group, whitened over the step, and the penalty in the loss. β is the default of OpenRLHF 0.11.2,
   * `--algo.kl.init_coef`; its own script of this method, for long reasoning, has 1e-5.
   */
  'reinforce++-baseline': {
    source: '2501.03262',
    advantages: { name: 'reinforcePlusPlusBaselineAdvantages' },
    loss: clipped,
    reduction: 'token-mean',
    klWeight: 0.01,
  },
  /** The mean of the others as the baseline, one ratio for each sequence, and TRL's β in the reward. */
  rloo: {
    source: '2402.14740',
    advantages: { name: 'rlooAdvantages' },
    loss: { name: 'rlooLoss' },
    reduction: 'seq-mean-token-mean',
    klWeight: 0.05,
    klIn: 'reward',
  },
  /** A smooth gate in the place of the clip. */
  sapo: {
    source: '2511.20347',
    advantages: grouped,
    loss: { name: 'sapoLoss' },
    reduction: 'seq-mean-token-mean',
  },
  /** Bad sequences are unlearnt less as they become unlikely. */
  topr: {
    source: '2503.14286',
    advantages: { name: 'none' },
    loss: { name: 'toprLoss' },
    reduction: 'token-mean',
  },
  /** A smooth weight of whole sequences in the place of the clip. */
  vespo: { source: '2602.10693', advantages: grouped, loss: { name: 'vespoLoss' }, reduction: 'token-mean' },
} as const satisfies Record<string, PolicyGradientPreset>

/** The name of a method of policy gradients. */
export type PolicyGradientName = keyof typeof policyGradientPresets

/** A method with changes, as data that can be written down. @throws PrefkitError `INVALID_CONFIG` for an unknown name. */
export const policyGradientPreset = (
  name: string,
  changes: Partial<Omit<PolicyGradientPreset, 'source'>> = {},
): PolicyGradientPreset => ({
  ...chosen<PolicyGradientPreset>('algorithm', name, policyGradientPresets),
  ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
})

/** The options of `grpo` that say what is learnt, and how. */
export type PolicyGradientChoice = Pick<
  GrpoOptions,
  'advantages' | 'loss' | 'reduction' | 'klWeight' | 'klIn' | 'klCorrection' | 'dynamicSampling'
>

/**
 * The options of `grpo` by which it is this method.
 * @throws PrefkitError `INVALID_CONFIG` for names that are unknown; LossError, AdvantageError `INVALID_OPTION` for their options.
 */
export function policyGradientOptions(preset: PolicyGradientPreset): PolicyGradientChoice {
  const { reduction, klWeight = 0, klIn = 'loss', klCorrection = true, dynamicSampling } = preset
  return {
    advantages: advantageEstimatorOf(preset.advantages),
    loss: policyLossOf(preset.loss),
    ...{ reduction, klWeight, klIn, klCorrection },
    ...(dynamicSampling && { dynamicSampling }),
  }
}
