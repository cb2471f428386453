export { AdvantageError, type AdvantageErrorCode } from './advantage-error'
export type {
  Flags,
  FlagVector,
  FlatMatrix,
  Matrix,
  MatrixLike,
  MatrixTensor,
  Vector,
  VectorLike,
} from './arrays'
export { type Convention, type ConventionalFunction, conventions } from './conventions'
export { flashReinforceAdvantages } from './groups/flash-reinforce-advantages'
export {
  type GdpoConvention,
  type GdpoInput,
  type GdpoOptions,
  gdpoAdvantages,
} from './groups/gdpo-advantages'
export { type GpgOptions, gpgAdvantages } from './groups/gpg-advantages'
export {
  type GroupConvention,
  type GroupRelativeOptions,
  groupRelativeAdvantages,
} from './groups/group-relative-advantages'
export type { GroupOptions, Groups } from './groups/groups'
export { type MaxRlOptions, maxRlAdvantages } from './groups/max-rl-advantages'
export { type OpoOptions, opoAdvantages } from './groups/opo-advantages'
export { type OptimalAdvantagesOptions, optimalAdvantages } from './groups/optimal-advantages'
export { type PassAtKOptions, passAtKAdvantages } from './groups/pass-at-k-advantages'
export {
  type ReinforceBaselineConvention,
  type ReinforcePlusPlusBaselineOptions,
  reinforcePlusPlusBaselineAdvantages,
} from './groups/reinforce-plus-plus-baseline-advantages'
export type { Scale } from './groups/relative-rewards'
export { type RlooConvention, type RlooOptions, rlooAdvantages } from './groups/rloo-advantages'
export type { Singletons } from './groups/singletons'
export type { MissingRewards } from './missing-rewards'
export { type DiscountedReturnsOptions, discountedReturns } from './over-time/discounted-returns'
export {
  generalizedAdvantageEstimation,
  generalizedAdvantageEstimation as gae,
} from './over-time/generalized-advantage-estimation'
export {
  type OptimalTokenBaselineInput,
  type OptimalTokenBaselineOptions,
  optimalTokenBaselineAdvantages,
} from './over-time/optimal-token-baseline-advantages'
export {
  type ReinforceConvention,
  type ReinforcePlusPlusOptions,
  reinforcePlusPlusAdvantages,
} from './over-time/reinforce-plus-plus-advantages'
export { type RemaxInput, remaxAdvantages } from './over-time/remax-advantages'
export { tdLambdaReturns } from './over-time/td-lambda-returns'
export type { MaskedTimeConvention, Trajectories } from './over-time/trajectories'
export { type VTrace, type VTraceInput, type VTraceOptions, vTrace } from './over-time/v-trace'
export type { GaeOptions, ValuedTrajectories } from './over-time/valued-trajectories'
export { type ParGrade, type ParOptions, type ParScores, parRewards } from './preference-rewards/par-rewards'
export {
  type WinProbabilityInput,
  type WinProbabilityOptions,
  winProbabilityRewards,
} from './preference-rewards/win-probability-rewards'
export type { Rewards, RewardsLike } from './rewards'
export type { RowOf } from './row-of'
export {
  type FilterConvention,
  type InformativeGroupsOptions,
  informativeGroups,
} from './sampling/informative-groups'
export { pfPpoSample } from './sampling/pf-ppo-sample'
export { type PfPpoMethod, type PfPpoOptions, pfPpoWeights } from './sampling/pf-ppo-weights'
export { type ClipRewardsOptions, clipRewards } from './shaping/clip-rewards'
export { type CosineLengthOptions, cosineLengthRewards } from './shaping/cosine-length-rewards'
export {
  type AdaptiveKlController,
  type FixedKlController,
  type KlController,
  type KlObservation,
  nextKlCoefficient,
} from './shaping/kl-coefficient'
export type { KlEstimator } from './shaping/kl-estimates'
export {
  type KlConvention,
  type KlPenaltyInput,
  type KlPenaltyOptions,
  klPenalizedRewards,
} from './shaping/kl-penalized-rewards'
export { type MissingEosOptions, missingEosRewards } from './shaping/missing-eos-rewards'
export {
  type OverlongConvention,
  type OverlongOptions,
  overlongPenalties,
} from './shaping/overlong-penalties'
export { type RepetitionOptions, repetitionPenalties, type TokenIds } from './shaping/repetition-penalties'
export {
  noMoments,
  type RunningMoments,
  type ScaleByMomentsOptions,
  scaleByMoments,
  updateMoments,
} from './shaping/running-moments'
export {
  type SequenceKlPenaltyInput,
  type SequenceKlPenaltyOptions,
  sequenceKlPenalizedRewards,
} from './shaping/sequence-kl-penalized-rewards'
export { type StopProperlyOptions, stopProperlyRewards } from './shaping/stop-properly-rewards'
export { type TokenAdvantages, tokenAdvantages } from './tokens/token-advantages'
export { type WhitenOptions, whiten } from './tokens/whiten'
export type { WhiteningConvention } from './whitening'
