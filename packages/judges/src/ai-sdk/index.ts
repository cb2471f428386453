export {
  type RerankingCall,
  type RerankingModel,
  type RerankingModelOptions,
  type RerankingResult,
  rerankingModel,
} from './reranking-model'
