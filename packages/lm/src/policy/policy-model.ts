import type { ModelConfig } from '../config/model-config'
import type { Weights } from '../models/weights'
import type { LoadedLanguageModel } from '../running/loaded-language-model'

/** A model with what its checkpoint has beside the weights, such as `loadLanguageModel` gives. */
export interface PolicyModel
  extends Partial<
    Pick<LoadedLanguageModel, 'name' | 'tokenizer' | 'chatTemplate' | 'generationConfig' | 'tokenizerFiles'>
  > {
  readonly config: ModelConfig
  readonly weights: Weights
  /** Parameters of heads by name, with which one that trains begins. */
  readonly heads?: Weights
}
