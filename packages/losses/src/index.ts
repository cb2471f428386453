export { type Convention, type ConventionalFunction, conventions } from './conventions'
export {
  type AStarPoInputs,
  type AStarPoLossOptions,
  aStarPoLoss,
} from './direct-alignment/a-star-po-loss'
export { type AlphaPoLossOptions, alphaPoLoss } from './direct-alignment/alpha-po-loss'
export { type BcoInputs, type BcoLossOptions, bcoLoss } from './direct-alignment/bco-loss'
export type { PreferenceLogprobs, ReferencedLogprobs } from './direct-alignment/completions'
export { type CpoLossOptions, type CpoLossType, cpoLoss } from './direct-alignment/cpo-loss'
export { type DpoInputs, type DpoLossOptions, type DpoLossType, dpoLoss } from './direct-alignment/dpo-loss'
export type { FDivergence } from './direct-alignment/f-divergence'
export { type KtoInputs, type KtoLossOptions, ktoLoss } from './direct-alignment/kto-loss'
export {
  type NashMdInputs,
  type NashMdLossOptions,
  type NashMdMetric,
  nashMdLoss,
} from './direct-alignment/nash-md-loss'
export { type OrpoInputs, type OrpoLossOptions, orpoLoss } from './direct-alignment/orpo-loss'
export type { ImplicitRewardMetric, PreferenceMetric } from './direct-alignment/preference-metrics'
export { type RebelInputs, type RebelLossOptions, rebelLoss } from './direct-alignment/rebel-loss'
export { type RpoDistance, type RpoInputs, type RpoLossOptions, rpoLoss } from './direct-alignment/rpo-loss'
export { type SimPoLossOptions, simPoLoss } from './direct-alignment/sim-po-loss'
export { type SlicLossOptions, slicLoss } from './direct-alignment/slic-loss'
export {
  type TpoInputs,
  type TpoLossOptions,
  type TpoLossType,
  tpoLoss,
} from './direct-alignment/tpo-loss'
export type { UnpairedLogprobs, UnpairedMetric } from './direct-alignment/unpaired'
export { logSumSquaredProbs, type WpoInputs, wpoWeights } from './direct-alignment/wpo-weights'
export {
  type XpoInputs,
  type XpoLossOptions,
  type XpoMetric,
  xpoLoss,
} from './direct-alignment/xpo-loss'
export { LossError, type LossErrorCode } from './loss-error'
export type { LabelOptions, PairLoss, RewardMetric } from './pair-loss'
export { type AnchorOptions, anchorWinProbability } from './policy/anchor-win-probability'
export { type CispoLossOptions, type CispoMetric, cispoLoss } from './policy/cispo-loss'
export {
  type ClipCovInputs,
  type ClipCovLossOptions,
  type ClipCovMetric,
  clipCovLoss,
} from './policy/clip-cov-loss'
export type { ClipMetric } from './policy/clip-metrics'
export { type DppoLossOptions, type DppoMetric, dppoLoss } from './policy/dppo-loss'
export { type DroLossOptions, droLoss } from './policy/dro-loss'
export { type GmpoLossOptions, gmpoLoss } from './policy/gmpo-loss'
export { gpgLoss } from './policy/gpg-loss'
export { type GrpoInputs, type GrpoLossOptions, grpoLoss } from './policy/grpo-loss'
export { type GrpoReduction, type GrpoReductionOptions, grpoReduction } from './policy/grpo-reduction'
export { type GspoLossOptions, gspoLoss } from './policy/gspo-loss'
export {
  type ImportanceRatioInputs,
  type ImportanceRatioOptions,
  importanceRatios,
} from './policy/importance-ratios'
export { type KlCovLossOptions, klCovLoss } from './policy/kl-cov-loss'
export {
  type OffPolicySequenceMaskInputs,
  type OffPolicySequenceMaskOptions,
  offPolicySequenceMask,
} from './policy/off-policy-sequence-mask'
export {
  type PairwisePpoAdvantageInputs,
  type PairwisePpoAdvantageMetric,
  type PairwisePpoAdvantageOptions,
  type PairwisePpoAdvantages,
  pairwisePpoAdvantages,
} from './policy/pairwise-ppo-advantages'
export {
  type PairwisePpoInputs,
  type PairwisePpoLoss,
  type PairwisePpoLossOptions,
  pairwisePpoLoss,
} from './policy/pairwise-ppo-loss'
export type { ClipOptions, PolicyInputs } from './policy/policy-inputs'
export { type PpoLossOptions, type PpoMetric, ppoLoss } from './policy/ppo-loss'
export type { RatioLevel } from './policy/ratio-levels'
export { type ReinforceLossOptions, reinforceLoss } from './policy/reinforce-loss'
export { type RlooLossOptions, rlooLoss } from './policy/rloo-loss'
export type { RolloutInputs } from './policy/rollout-inputs'
export {
  type RolloutDivergence,
  type RolloutMask,
  type RolloutMaskOptions,
  rolloutMask,
} from './policy/rollout-mask'
export { type RolloutMismatchMetric, rolloutMismatch } from './policy/rollout-mismatch'
export {
  type RolloutCorrection,
  type RolloutMetric,
  type RolloutWeights,
  type RolloutWeightsOptions,
  rolloutWeights,
} from './policy/rollout-weights'
export { type SapoLossOptions, sapoLoss } from './policy/sapo-loss'
export { type TopEntropyMaskOptions, topEntropyMask } from './policy/top-entropy-mask'
export { type ToprLossOptions, toprLoss } from './policy/topr-loss'
export { type ValueInputs, type ValueLossOptions, valueLoss } from './policy/value-loss'
export { type VespoLossOptions, vespoLoss } from './policy/vespo-loss'
export {
  type SequenceMeanTokenSumOptions,
  type SequenceReductionOptions,
  sequenceMeanTokenMean,
  sequenceMeanTokenSum,
  type TokenMeanOptions,
  type TokenReductionOptions,
  tokenMean,
  tokenSum,
} from './reductions/reductions'
export { type EntropyLossOptions, entropyLoss } from './regularisers/entropy-loss'
export { type FullKlInputs, fullKlLoss } from './regularisers/full-kl-loss'
export { type KlEstimator, type KlInputs, type KlLossOptions, klLoss } from './regularisers/kl-loss'
export { type BradleyTerryLossOptions, bradleyTerryLoss } from './reward-modelling/bradley-terry-loss'
export { classificationLoss } from './reward-modelling/classification-loss'
export { type DavidsonLossOptions, davidsonLoss } from './reward-modelling/davidson-loss'
export { type HingeLossOptions, hingeLoss } from './reward-modelling/hinge-loss'
export { type OdinInputs, type OdinLossOptions, odinLoss } from './reward-modelling/odin-loss'
export {
  type PairwiseDistillationInputs,
  pairwiseDistillationLoss,
} from './reward-modelling/pairwise-distillation-loss'
export {
  type PairwiseJudgeLossOptions,
  type PairwiseJudgeMetric,
  pairwiseJudgeLoss,
} from './reward-modelling/pairwise-judge-loss'
export { type PlackettLuceLossOptions, plackettLuceLoss } from './reward-modelling/plackett-luce-loss'
export {
  type ConsistencyDistance,
  type PositionConsistencyLossOptions,
  positionConsistencyLoss,
} from './reward-modelling/position-consistency-loss'
export { type RaoKupperLossOptions, raoKupperLoss } from './reward-modelling/rao-kupper-loss'
export {
  type ScoreDistance,
  type ScoreRegressionLossOptions,
  scoreRegressionLoss,
} from './reward-modelling/score-regression-loss'
export { type ThurstoneLossOptions, thurstoneLoss } from './reward-modelling/thurstone-loss'
export type { TieLoss, Ties } from './reward-modelling/ties'
export { type AnswerTokens, yesLogit } from './reward-modelling/yes-logit'
export type { TokenLoss } from './tokens'
