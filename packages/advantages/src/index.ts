export { AdvantageError, type AdvantageErrorCode } from './advantage-error'
export type { Flags, FlagVector, FlatMatrix, Matrix, MatrixLike, Vector, VectorLike } from './arrays'
export { type DiscountedReturnsOptions, discountedReturns } from './discounted-returns'
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
export { type OpoOptions, opoAdvantages } from './opo-advantages'
export { type PassAtKOptions, passAtKAdvantages } from './pass-at-k-advantages'
export {
  type ReinforceConvention,
  type ReinforcePlusPlusOptions,
  reinforcePlusPlusAdvantages,
} from './reinforce-plus-plus-advantages'
export {
  type ReinforcePlusPlusBaselineOptions,
  reinforcePlusPlusBaselineAdvantages,
} from './reinforce-plus-plus-baseline-advantages'
export { type RemaxInput, remaxAdvantages } from './remax-advantages'
export { type RlooConvention, type RlooOptions, rlooAdvantages } from './rloo-advantages'
export { tdLambdaReturns } from './td-lambda-returns'
export { tokenAdvantages } from './token-advantages'
export type { MaskedTimeConvention, Trajectories } from './trajectories'
export { type WhiteningConvention, type WhitenOptions, whiten } from './whiten'
