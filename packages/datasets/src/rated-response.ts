import type { TextOrChat } from './chat-message'

/**
 * One response on its own, with a rating: what unpaired data sets (KTO) and scalar ratings (HelpSteer) hold.
 * `pairResponses` turns the responses of one prompt into comparisons.
 */
export interface RatedResponse {
  readonly id: string
  readonly prompt: TextOrChat
  readonly response: TextOrChat
  /** Higher is better; finite. For a yes-or-no label 1 is desirable and 0 undesirable. */
  readonly rating: number
  /** `binary` for a yes-or-no label, whose differences are no margin; `scalar` for a graded rating. */
  readonly scale: 'binary' | 'scalar'
  readonly source?: string
}
