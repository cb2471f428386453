const marker = Symbol.for('prefkit.trees.error')

/** What went wrong, for programs. */
export type TreesErrorCode =
  | 'INVALID_PARAMETER'
  | 'INVALID_DATA'
  | 'INVALID_MODEL'
  | 'DIMENSION_MISMATCH'
  | 'UNSUPPORTED'
  | 'OUT_OF_MEMORY'
  | 'ABORTED'

/** Every error this package throws on purpose; also recognised when another copy of it threw. */
export class TreesError extends Error {
  override readonly name = 'TreesError'
  readonly code: TreesErrorCode

  constructor(code: TreesErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  /** True for a `TreesError` made by this or any other copy of the package. */
  static isInstance(error: unknown): error is TreesError {
    return typeof error === 'object' && error !== null && marker in error
  }
}
