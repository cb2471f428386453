/** What a model is judged by on one data set. */
export interface Metric {
  /** Names of the values, such as `ndcg@1`, `ndcg@3`. */
  readonly names: readonly string[]
  readonly higherIsBetter: boolean
  /**
   * One value for each of {@link names}.
   *
   * @param rawScores `[trees of an iteration × rows]`, class by class.
   * @param objectiveDescription what the model says of its objective, which makes outputs of scores; empty: scores are outputs.
   */
  evaluate(rawScores: Float64Array, objectiveDescription: string): readonly number[]
}
