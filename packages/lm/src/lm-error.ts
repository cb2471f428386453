const marker = Symbol.for('prefkit.lm.error')

/** What went wrong, for programs; the message says it for people. */
export type LmErrorCode =
  | 'INVALID_OPTION'
  /** What a path leads to is no checkpoint of any kind that is read. */
  | 'NOT_A_CHECKPOINT'
  /** A file that belongs to a checkpoint, such as a shard, is not there. */
  | 'MISSING_FILE'
  /** A file is cut off, or contradicts itself. */
  | 'INVALID_FILE'
  /** A file of a version that is not read. */
  | 'UNSUPPORTED_VERSION'
  /** A tensor has an element type that is not read. */
  | 'UNSUPPORTED_DTYPE'
  /** A configuration lacks a field, or has a value that cannot be. */
  | 'INVALID_CONFIG'
  /** A family of models, or a variant of one, that is not known here. */
  | 'UNKNOWN_ARCHITECTURE'
  /** The configuration asks for a tensor that is not there. */
  | 'MISSING_TENSOR'
  /** A tensor that the configuration has no place for, or of another shape. */
  | 'TENSOR_MISMATCH'
  /** A tokeniser that cannot be built, or text or ids that it does not take. */
  | 'INVALID_TOKENIZER'
  | 'UNKNOWN_TOKEN'
  /** A conversation was to be written by a template, and there is none. */
  | 'NO_CHAT_TEMPLATE'
  /** A chat template is not valid, or refused the conversation. */
  | 'TEMPLATE_FAILED'
  | 'READ_FAILED'
  | 'WRITE_FAILED'
  /** A package that is needed for this is not installed. */
  | 'MISSING_PEER'
  | 'DOWNLOAD_FAILED'
  /** A prompt and what is to follow it have more tokens than the model's context. */
  | 'CONTEXT_TOO_LONG'
  /** Nothing to run a model on: no prompts, no tokens. */
  | 'EMPTY_INPUT'
  /** A method of PEFT, or a variant of LoRA, that is not known here. */
  | 'UNSUPPORTED_ADAPTER'
  /** A loss or a gradient became infinite or NaN. */
  | 'DIVERGED'
  /** Logits that are no finite numbers, as of weights after training that diverged. */
  | 'NOT_FINITE'
  /** A model was to run after it was released. */
  | 'RELEASED'

/**
 * The one error this package throws. `code` is stable; the message names the file, tensor or parameter, the value and
 * what was expected.
 */
export class LmError extends Error {
  override readonly name = 'LmError'
  readonly code: LmErrorCode

  constructor(code: LmErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is LmError {
    return typeof error === 'object' && error !== null && marker in error
  }
}
