const marker = Symbol.for('prefkit.reward-models.error')

/** What went wrong, for programs. */
export type RewardModelErrorCode =
  | 'EMPTY'
  | 'NOT_FINITE'
  | 'DIMENSION_MISMATCH'
  | 'OUT_OF_RANGE'
  | 'INVALID_OPTION'
  | 'INVALID_MODEL'
  | 'NEWER_VERSION'
  | 'DIVERGED'
  | 'NO_SPLIT'
  | 'EMBEDDER_CHANGED'
  | 'EMBEDDER_MISSING'
  | 'EMBEDDING_FAILED'
  | 'UNKNOWN_TEXT'
  | 'INVALID_FILE'
  | 'CACHE_CORRUPT'

/** Every error this package's models throw on purpose; also recognised when another copy of it threw. */
export class RewardModelError extends Error {
  override readonly name = 'RewardModelError'
  readonly code: RewardModelErrorCode

  constructor(code: RewardModelErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  /** True for a `RewardModelError` made by this or any other copy of the package. */
  static isInstance(error: unknown): error is RewardModelError {
    return typeof error === 'object' && error !== null && marker in error
  }
}
