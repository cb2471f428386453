export { AdvantageError, type AdvantageErrorCode } from './advantage-error'
export type { Flags, FlagVector, FlatMatrix, Matrix, MatrixLike, Vector, VectorLike } from './arrays'
export { type ClipRewardsOptions, clipRewards } from './clip-rewards'
export { type Convention, type ConventionalFunction, conventions } from './conventions'
export { type CosineLengthOptions, cosineLengthRewards } from './cosine-length-rewards'
export { type DiscountedReturnsOptions, discountedReturns } from './discounted-returns'
export { flashReinforceAdvantages } from './flash-reinforce-advantages'
export {
  type GdpoConvention,
  type GdpoInput,
  type GdpoOptions,
  gdpoAdvantages,
} from './gdpo-advantages'
export {
  type GaeOptions,
  generalizedAdvantageEstimation,
  generalizedAdvantageEstimation as gae,
  type ValuedTrajectories,
} from './generalized-advantage-estimation'
export { type GpgOptions, gpgAdvantages } from './gpg-advantages'
export {
  type GroupConvention,
  type GroupRelativeOptions,
  groupRelativeAdvantages,
  type MissingRewards,
  type Singletons,
} from './group-relative-advantages'
export type { GroupOptions, Groups, Rewards, RewardsLike } from './groups'
export { type FilterConvention, type InformativeGroupsOptions, informativeGroups } from './informative-groups'
export {
  type AdaptiveKlController,
  type FixedKlController,
  type KlController,
  type KlObservation,
  nextKlCoefficient,
} from './kl-coefficient'
export {
  type KlConvention,
  type KlEstimator,
  type KlPenaltyInput,
  type KlPenaltyOptions,
  klPenalizedRewards,
} from './kl-penalized-rewards'
export { type MaxRlOptions, maxRlAdvantages } from './max-rl-advantages'
export { type MissingEosOptions, missingEosRewards } from './missing-eos-rewards'
export { type OpoOptions, opoAdvantages } from './opo-advantages'
export { type OptimalAdvantagesOptions, optimalAdvantages } from './optimal-advantages'
export {
  type OptimalTokenBaselineInput,
  type OptimalTokenBaselineOptions,
  optimalTokenBaselineAdvantages,
} from './optimal-token-baseline-advantages'
export { type OverlongConvention, type OverlongOptions, overlongPenalties } from './overlong-penalties'
export { type ParGrade, type ParOptions, type ParScores, parRewards } from './par-rewards'
export { type PassAtKOptions, passAtKAdvantages } from './pass-at-k-advantages'
export { pfPpoSample } from './pf-ppo-sample'
export { type PfPpoMethod, type PfPpoOptions, pfPpoWeights } from './pf-ppo-weights'
export {
  type ReinforceConvention,
  type ReinforcePlusPlusOptions,
  reinforcePlusPlusAdvantages,
} from './reinforce-plus-plus-advantages'
export {
  type ReinforceBaselineConvention,
  type ReinforcePlusPlusBaselineOptions,
  reinforcePlusPlusBaselineAdvantages,
} from './reinforce-plus-plus-baseline-advantages'
export { type RemaxInput, remaxAdvantages } from './remax-advantages'
export { type RepetitionOptions, repetitionPenalties, type TokenIds } from './repetition-penalties'
export { type RlooConvention, type RlooOptions, rlooAdvantages } from './rloo-advantages'
export type { RowOf } from './row-of'
export {
  noMoments,
  type RunningMoments,
  type ScaleByMomentsOptions,
  scaleByMoments,
  updateMoments,
} from './running-moments'
export {
  type SequenceKlPenaltyInput,
  type SequenceKlPenaltyOptions,
  sequenceKlPenalizedRewards,
} from './sequence-kl-penalized-rewards'
export { type StopProperlyOptions, stopProperlyRewards } from './stop-properly-rewards'
export { tdLambdaReturns } from './td-lambda-returns'
export { type TokenAdvantages, tokenAdvantages } from './token-advantages'
export type { MaskedTimeConvention, Trajectories } from './trajectories'
export { type VTrace, type VTraceInput, type VTraceOptions, vTrace } from './v-trace'
export { type WhiteningConvention, type WhitenOptions, whiten } from './whiten'
export {
  type WinProbabilityInput,
  type WinProbabilityOptions,
  winProbabilityRewards,
} from './win-probability-rewards'
