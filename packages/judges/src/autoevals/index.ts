export {
  type AutoevalsArgs,
  type AutoevalsScore,
  type AutoevalsScorerOptions,
  autoevalsScorer,
} from './autoevals-scorer'
