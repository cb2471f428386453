import type { Checkpoint } from '../checkpoint/checkpoint'
import { LmError } from '../lm-error'
import type { Tokenizer } from '../tokenizer/tokenizer'
import type { LanguageModel } from './language-model'

/** A language model with what its checkpoint has beside the weights. */
export type LoadedLanguageModel = LanguageModel &
  Pick<Checkpoint, 'tokenizer' | 'chatTemplate' | 'generationConfig' | 'tokenizerFiles' | 'path'>

/** A language model that may have a tokeniser and its makers' settings. */
export type MaybeLoaded = LanguageModel & Partial<LoadedLanguageModel>

/** @throws LmError `INVALID_TOKENIZER` when the model has no tokeniser. */
export function requireTokenizer(model: MaybeLoaded, what: string): Tokenizer {
  if (model.tokenizer) return model.tokenizer
  const problem = `${what} needs a tokeniser, and the model has none: work with token ids`
  throw new LmError('INVALID_TOKENIZER', `${model.name}: ${problem}`)
}
