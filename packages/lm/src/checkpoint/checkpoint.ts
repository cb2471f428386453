import type { GenerationConfig } from '../config/generation-config'
import type { ModelConfig } from '../config/model-config'
import { LmError } from '../lm-error'
import type { ChatMessage, ChatTemplate, RenderChatOptions } from '../tokenizer/chat-template'
import type { Tokenizer } from '../tokenizer/tokenizer'
import type { CheckpointTensors } from './checkpoint-tensors'

/** A language model as it is on disk, whatever the format: weights are read when they are asked for. */
export interface Checkpoint {
  readonly format: 'hugging-face' | 'gguf' | 'llama2.c'
  /** The directory or the file. */
  readonly path: string
  readonly config: ModelConfig
  readonly tensors: CheckpointTensors
  /** Not there when the files have none, or it was not asked for. */
  readonly tokenizer?: Tokenizer
  /** Not there for models that were not trained on conversations. */
  readonly chatTemplate?: ChatTemplate
  readonly generationConfig?: GenerationConfig
  /** Paths of the tokeniser's files, to be copied when the model is saved; empty where they are within another. */
  readonly tokenizerFiles: readonly string[]
  /** Closes the files; tensors cannot be read afterwards. */
  close(): Promise<void>
}

/**
 * The text of a conversation by a checkpoint's chat template.
 * @throws LmError `NO_CHAT_TEMPLATE` when it has none, `TEMPLATE_FAILED` when the template refuses the conversation.
 */
export function renderChat(
  checkpoint: Pick<Checkpoint, 'path' | 'chatTemplate'>,
  messages: readonly ChatMessage[],
  options: RenderChatOptions = {},
): string {
  if (checkpoint.chatTemplate) return checkpoint.chatTemplate.render(messages, options)
  const problem = 'its tokeniser has no chat template: write the text yourself, or give one to chatTemplate'
  throw new LmError('NO_CHAT_TEMPLATE', `${checkpoint.path}: ${problem}`)
}
