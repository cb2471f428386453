export type { GradeOptions } from '../adapters/grade-output'
export type { Scale } from '../adapters/scale'
export {
  type OpenevalsEvaluatorOptions,
  type OpenevalsParams,
  type OpenevalsResult,
  openevalsEvaluator,
} from './openevals-evaluator'
