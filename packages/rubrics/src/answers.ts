/** Which of two responses is better; `a` and `b` as in the item, whatever order they were shown in. */
export interface PairAnswer {
  readonly preferred: 'a' | 'b' | 'tie'
}

/** The score of one criterion, on the scale of its rubric. */
export interface CriterionScore {
  readonly name: string
  readonly score: number
}

/** The score of a response, on the scale that the format asked for. */
export interface ScoreAnswer {
  readonly score: number
  /** Scores by criterion, where the format asks for them. */
  readonly criteria?: readonly CriterionScore[]
  /** Criteria that the judge wrote for this prompt and response, where the format asks for them. */
  readonly generated?: readonly GeneratedCriterion[]
}

/** A criterion that a judge thought of for one prompt and response. */
export interface GeneratedCriterion {
  readonly name: string
  /** What it asks for; empty where only a name was given. */
  readonly description: string
}

/** Responses from best to worst, as indices into the item's `responses`; each occurs once. */
export interface ListAnswer {
  readonly ranking: readonly number[]
}

/** The answer to each question of the item, in its order. */
export interface ChecklistAnswer {
  readonly satisfied: readonly boolean[]
}
