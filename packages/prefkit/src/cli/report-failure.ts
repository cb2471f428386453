import { CommanderError } from 'commander'
import { printJson } from './print'

/** Symbols that mark the errors which packages throw on purpose. */
const marks = /^prefkit(\.[\w-]+)?\.error$/

interface KnownError extends Error {
  readonly code: string
}

const isKnown = (error: unknown): error is KnownError =>
  error instanceof Error &&
  Object.getOwnPropertySymbols(error).some((symbol) => marks.test(symbol.description ?? ''))

/** Stopped by the user, as shells count it. */
export const interruptedStatus = 130

/**
 * Tells what went wrong: a message for errors thrown on purpose, the stack for others, which are faults of prefkit.
 * @param asJson print it on standard output as JSON too, for machines.
 * @returns the status to exit with.
 */
export function reportFailure(error: unknown, asJson: boolean): number {
  if (error instanceof CommanderError) return reportUsage(error, asJson)
  const known = isKnown(error)
  const { code, message } = known ? error : { code: 'INTERNAL', message: String(error) }
  if (asJson) printError(code, message)
  const text = known ? `${message}\n` : `a fault in prefkit, please report it: ${stackOf(error)}\n`
  process.stderr.write(code === 'INTERRUPTED' ? text : `error: ${text}`)
  return code === 'INTERRUPTED' ? interruptedStatus : 1
}

/** What the parser of the command line ends with, help that was asked for included; it has told people already. */
function reportUsage({ exitCode, message }: CommanderError, asJson: boolean): number {
  if (asJson && exitCode !== 0) printError('USAGE', message.replace(/^error: /, ''))
  return exitCode
}

const printError = (code: string, message: string): void => printJson({ error: { code, message } })

const stackOf = (error: unknown): string => (error instanceof Error && error.stack) || String(error)
