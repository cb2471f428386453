export {
  type OpenevalsEvaluatorOptions,
  type OpenevalsParams,
  type OpenevalsResult,
  openevalsEvaluator,
} from './openevals-evaluator'
