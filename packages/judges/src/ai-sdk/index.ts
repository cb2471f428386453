export type { GradeOptions } from '../adapters/grade-output'
export type { Scale } from '../adapters/scale'
export {
  type RerankingCall,
  type RerankingModel,
  type RerankingModelOptions,
  type RerankingResult,
  rerankingModel,
} from './reranking-model'
