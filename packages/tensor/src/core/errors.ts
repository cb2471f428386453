const marker = Symbol.for('prefkit.tensor.error')

/** What went wrong, for programs; the message says it for people. */
export type TensorErrorCode =
  | 'shape-mismatch'
  | 'dtype-mismatch'
  | 'invalid-argument'
  | 'index-out-of-range'
  | 'abstract-value'
  | 'not-differentiable'
  | 'backend-unavailable'
  | 'backend-unsupported'
  | 'backend-failure'

/**
 * Every error `@prefkit/tensor` throws on purpose. `code` is stable; `isInstance` also recognises errors of
 * another installed copy of the package.
 */
export class TensorError extends Error {
  override readonly name = 'TensorError'
  readonly code: TensorErrorCode

  constructor(code: TensorErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, marker, { value: true })
  }

  /** True for a `TensorError` made by this or any other copy of the package. */
  static isInstance(error: unknown): error is TensorError {
    return typeof error === 'object' && error !== null && marker in error
  }
}

/**
 * Where the user's code called into the package: the innermost stack frame outside it, as `file:line:column`.
 * Only computed when an error is about to be thrown.
 */
export function callSite(stack: string = new Error().stack ?? ''): string | undefined {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  // The frame of this very function tells which folder is ours, whether run from sources or bundled.
  const own = frameLocation(frames[0] ?? '')?.replace(/(core\/errors\.[cm]?[jt]s|[^/]*\.js):\d+:\d+$/, '')
  const outside = frames
    .map(frameLocation)
    .find((at) => at && !(own && at.startsWith(own)) && !at.startsWith('node:'))
  return outside?.replace(/^file:\/\//, '')
}

const frameLocation = (frame: string): string | undefined =>
  /\(?((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:\\|node:)[^()]*:\d+:\d+)\)?$/.exec(frame.trim())?.[1]

/** A `TensorError` whose message names the op and ends with the user's call site. */
export function opError(code: TensorErrorCode, op: string, message: string): TensorError {
  const at = callSite()
  return new TensorError(code, `${op}: ${message}${at ? ` (called at ${at})` : ''}`)
}
