const marker = Symbol.for('prefkit.error')

/** What went wrong, for programs. */
export type PrefkitErrorCode =
  | 'INVALID_CONFIG'
  | 'RUN_EXISTS'
  | 'RUN_NOT_FOUND'
  | 'RUN_CHANGED'
  | 'RUN_LOCKED'
  | 'RUN_UNFINISHED'
  | 'WRITE_FAILED'
  | 'DATA_CORRUPT'
  | 'DATA_MISSING'
  | 'NO_COMPARISONS'
  | 'BAD_ROW'
  | 'BAD_REWARD'
  | 'BAD_ROLLOUT'
  | 'INTERRUPTED'

/** Every error the umbrella throws on purpose; also recognised when another copy of it threw. */
export class PrefkitError extends Error {
  override readonly name = 'PrefkitError'
  readonly code: PrefkitErrorCode

  constructor(code: PrefkitErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  /** True for a `PrefkitError` made by this or any other copy of the package. */
  static isInstance(error: unknown): error is PrefkitError {
    return typeof error === 'object' && error !== null && marker in error
  }
}
