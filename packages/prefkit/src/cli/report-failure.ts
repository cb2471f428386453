/** Symbols that mark the errors which packages throw on purpose. */
const marks = /^prefkit(\.[\w-]+)?\.error$/

interface KnownError extends Error {
  readonly code: string
}

const isKnown = (error: unknown): error is KnownError =>
  error instanceof Error &&
  Object.getOwnPropertySymbols(error).some((symbol) => marks.test(symbol.description ?? ''))

/** Stopped by the user, as shells count it. */
const interruptedStatus = 130

/**
 * Tells what went wrong: a message for errors thrown on purpose, the stack for others, which are faults of this program.
 * @param asJson print it on standard output as JSON too, for machines.
 * @returns the status to exit with.
 */
export function reportFailure(error: unknown, asJson: boolean): number {
  const known = isKnown(error)
  const { code, message } = known ? error : { code: 'INTERNAL', message: String(error) }
  if (asJson) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`)
  const text = known ? `${message}\n` : `a fault in prefkit, please report it: ${stackOf(error)}\n`
  process.stderr.write(code === 'INTERRUPTED' ? text : `error: ${text}`)
  return code === 'INTERRUPTED' ? interruptedStatus : 1
}

const stackOf = (error: unknown): string => (error instanceof Error && error.stack) || String(error)
