export {
  type Annotator,
  type Choice,
  type ChoiceContext,
  choiceContext,
  type Modifier,
} from './annotators/annotator'
export { type BetaOptions, logisticAnnotator } from './annotators/logistic-annotator'
export { probitAnnotator } from './annotators/probit-annotator'
export { NoiseError, type NoiseErrorCode } from './noise-error'
