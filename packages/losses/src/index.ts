export { LossError, type LossErrorCode } from './loss-error'
export type { LabelOptions, PairLoss, RewardMetric } from './pair-loss'
export { type BradleyTerryLossOptions, bradleyTerryLoss } from './reward-modelling/bradley-terry-loss'
export { classificationLoss } from './reward-modelling/classification-loss'
export { type DavidsonLossOptions, davidsonLoss } from './reward-modelling/davidson-loss'
export { type HingeLossOptions, hingeLoss } from './reward-modelling/hinge-loss'
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
