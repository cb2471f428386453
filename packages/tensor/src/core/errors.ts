const marker = Symbol.for('prefkit.tensor.error')

/** What went wrong, for programs; the message says it for people. */
export type TensorErrorCode =
  | 'SHAPE_MISMATCH'
  | 'DTYPE_MISMATCH'
  | 'INVALID_ARGUMENT'
  | 'INDEX_OUT_OF_RANGE'
  | 'ABSTRACT_VALUE'
  | 'ON_DEVICE'
  | 'DEVICE_LOST'
  | 'OUT_OF_MEMORY'
  | 'NOT_DIFFERENTIABLE'
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_UNSUPPORTED'
  | 'BACKEND_FAILURE'

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

/** Frames deep enough to leave the package from its most composed function. */
const stackDepth = 60

/**
 * Where the user's code called into the package: the innermost stack frame outside it and outside the other
 * `@prefkit` packages that call it (where there is one), as `file:line:column`. Only computed when an error is about
 * to be thrown.
 */
export function callSite(stack: string = currentStack()): string | undefined {
  const locations = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map(frameLocation)
  // The frame of this very file tells which folder is ours, whether run from sources or bundled.
  const own = locations[0]?.replace(/(core\/errors\.[cm]?[jt]s|[^/\\]*\.[cm]?js)(\?[^:]*)?:\d+:\d+$/, '')
  const outside = locations.filter(
    (at) => at && !at.startsWith('node:') && (!own || !at.startsWith(own) || isTest(at)),
  )
  const users = outside.find((at) => !/[\\/]node_modules[\\/](@prefkit[\\/]|prefkit[\\/])/.test(at!))
  return (users ?? outside[0])?.replace(/^file:\/\//, '')
}

function currentStack(): string {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = stackDepth
  const { stack = '' } = new Error()
  Error.stackTraceLimit = before
  return stack
}

/** The package's own tests call it from outside, though they lie inside. */
const isTest = (at: string): boolean => /\.test\.[cm]?[jt]s(\?[^:]*)?:\d+:\d+$/.test(at)

const frameLocation = (frame: string): string | undefined =>
  /\(?((?:file:\/\/|https?:\/\/|\/|[A-Za-z]:\\|node:)[^()]*:\d+:\d+)\)?$/.exec(frame.trim())?.[1]

/** A `TensorError` whose message names the op and ends with the user's call site. */
export function opError(code: TensorErrorCode, op: string, message: string): TensorError {
  const at = callSite()
  return new TensorError(code, `${op}: ${message}${at ? ` (called at ${at})` : ''}`)
}
