import { isRecord } from '../config/field-reader'
import { LmError } from '../lm-error'
import type { Tokenizer } from '../tokenizer/tokenizer'

/** Ids of the tokens that text is made of, as tokenizer.json has them: by name, or as a list of names and scores. */
function vocabularyIds(model: unknown): number[] {
  const vocab = isRecord(model) ? model.vocab : undefined
  if (Array.isArray(vocab)) return vocab.map((_, id) => id)
  return isRecord(vocab) ? Object.values(vocab).filter((id) => typeof id === 'number') : []
}

function addedIds(added: unknown): Set<unknown> {
  return new Set(Array.isArray(added) ? added.map((each: unknown) => isRecord(each) && each.id) : [])
}

/**
 * Refuses the tokeniser of another model: one whose tokens have no row in the model. A model may have more rows than its tokeniser
 * has tokens, and tokens that were added later, such as one that pads, may be beyond the rows as long as no text has them.
 * @throws LmError `INVALID_TOKENIZER` naming both counts.
 */
export function requireVocabulary({ files }: Tokenizer, vocabSize: number, file: string): void {
  const { model, added_tokens } = files.tokenizer as { model?: unknown; added_tokens?: unknown }
  const added = addedIds(added_tokens)
  const count = vocabularyIds(model).reduce((most, id) => (added.has(id) ? most : Math.max(most, id + 1)), 0)
  if (count <= vocabSize) return
  const problem = `it has ${count} tokens, the model has ${vocabSize}: expected the tokeniser of this model`
  throw new LmError('INVALID_TOKENIZER', `${file}: ${problem}`)
}
