export type { GradeOptions } from '../adapters/grade-output'
export type { Scale } from '../adapters/scale'
export {
  type AutoevalsArgs,
  type AutoevalsScore,
  type AutoevalsScorerOptions,
  autoevalsScorer,
} from './autoevals-scorer'
