export { type BradleyTerryLossOptions, bradleyTerryLoss, type RewardMetric } from './bradley-terry-loss'
export { classificationLoss } from './classification-loss'
export { LossError, type LossErrorCode } from './loss-error'
export type { LabelOptions, PairLoss } from './pair-loss'
