const marker = Symbol.for('prefkit.nn.error')

/** What went wrong, for programs; the message says it for people. */
export type NnErrorCode =
  | 'INVALID_OPTION'
  | 'INVALID_FILE'
  | 'UNSUPPORTED_DTYPE'
  | 'READ_FAILED'
  | 'WRITE_FAILED'
  | 'TREE_MISMATCH'

/** Every error `@prefkit/nn` throws on purpose; also recognised when another copy of the package threw it. */
export class NnError extends Error {
  override readonly name = 'NnError'
  readonly code: NnErrorCode

  constructor(code: NnErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  /** True for an `NnError` made by this or any other copy of the package. */
  static isInstance(error: unknown): error is NnError {
    return typeof error === 'object' && error !== null && marker in error
  }
}
