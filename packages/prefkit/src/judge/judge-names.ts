import type { TaskFamilyName } from '@prefkit/rubrics'

// By itself, since help and faults of usage must not wait for what judges need.

/** How pairs are put to a model. */
export const pairFormatNames = ['yes-no', 'label', 'reasoning'] as const

/** How an answer is got out of a model. */
export const methodNames = ['auto', 'logprobs', 'text'] as const

/** What two orders that contradict each other come to. */
export const inconsistentNames = ['mean', 'tie', 'abstain'] as const

/** In which orders each pair is shown. */
export const orderNames = ['both', 'given', 'random'] as const

/** How single responses are put to a model: a plain rating, or by rubrics, as PaTaRM does. */
export const scoreFormatNames = ['rating', 'rubric'] as const

/** The kinds of task that have a primary rubric. */
export const familyNames: readonly TaskFamilyName[] = [
  'chat',
  'code',
  'math',
  'safety',
  'instruction-following',
  'reasoning',
  'factuality',
  'summarisation',
  'writing',
  'translation',
  'grounded',
  'tool-use',
]
