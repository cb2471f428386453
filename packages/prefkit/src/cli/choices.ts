import type { DialectName, LabelCoding, WritableDialect } from '@prefkit/datasets'

// Written down again, as `@prefkit/datasets` takes long to load: help and faults of usage must not wait for it.

/** What `--dialect` and `--from` may be. */
export const dialectChoices: readonly DialectName[] = [
  'rm-bench',
  'openai-dpo',
  'ultrafeedback',
  'trl-conversational',
  'trl-conversational-implicit',
  'rewardbench',
  'hh-continuation',
  'trl',
  'hh',
  'trl-implicit',
  'kto',
  'pairwise',
  'pairwise-by-id',
  'helpsteer',
]

/** What `--to` may be. */
export const writableChoices: readonly WritableDialect[] = ['trl', 'trl-conversational', 'hh', 'openai-dpo']

/** What `--labels` may be. */
export const labelChoices: readonly LabelCoding[] = ['tie-first-second', 'first-second', 'second-first']
