/** What one score of a scale means. */
export interface Anchor {
  /** On the scale, its ends included. */
  readonly score: number
  /** What a response with that score is like. */
  readonly meaning: string
}

/** The scores that a rubric allows, from `min` (worst) to `max` (best), both included. */
export interface Scale {
  readonly min: number
  /** Above `min`. */
  readonly max: number
  /** What some of the scores mean, in any order; each score at most once. */
  readonly anchors?: readonly Anchor[]
}

/** One criterion by which responses are judged. */
export interface Rubric {
  /** One line; no two rubrics of a set have the same, whatever the case. */
  readonly name: string
  /** What a judge is to look at, and how to weigh it. */
  readonly description: string
  readonly scale: Scale
  /** Share in an aggregate, 0 or more. Default: 1. */
  readonly weight?: number
  /** The name of a function that verifies the criterion, such as `is valid JSON`; no judge is asked then. */
  readonly check?: string
}

/** Rubrics that belong together, such as those of one task. */
export interface RubricSet {
  readonly name: string
  /** One or more. */
  readonly rubrics: readonly Rubric[]
}
