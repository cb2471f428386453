export { EvalsError, type EvalsErrorCode } from '../evals-error'
export {
  type JudgeConsistency,
  judgeConsistency,
  type OrderAgreement,
  type RetestAgreement,
  type VoteAgreement,
} from './consistency'
export { type JudgeCalibration, type JudgeQuality, judgeQuality } from './judge-quality'
export type { JudgeRecord, JudgeVerdict } from './judge-record'
export { type LabelAgreement, labelAgreement, type VerdictCounts } from './label-agreement'
export { type Opinion, opinionsOf, type Question, questionsOf } from './opinions'
export type { JudgeQualityOptions, JudgeQualitySettings } from './options'
export { type PositionBias, positionBias } from './position-bias'
export { type RiskCoverage, type RiskCoveragePoint, riskCoverage } from './risk-coverage'
