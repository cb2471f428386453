import type { Rubric } from '../rubric/rubric'

/** A kind of task, and the one criterion that matters most for all its prompts. */
export interface TaskFamily {
  /** How prompts name the task. */
  readonly task: string
  /** PaTaRM's primary rubric: what every response to such a prompt is judged by, on a scale from 1 to 10. */
  readonly primary: Rubric
}
