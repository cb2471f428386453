import { JudgeError } from '../judge-error'

/** Why an item has no result. */
export interface ItemFailure {
  /** The error's `code`, or its name where it has none. */
  readonly code: string
  readonly message: string
  /**
   * True where it says nothing of the item: the server was not there, not in time, overloaded, or refused whoever asked. It
   * may well have a result when it is asked for again.
   */
  readonly outage?: true
}

/** The error, and those that it comes from. */
function errorsWithin(error: unknown, depth = 0): unknown[] {
  if (!(error instanceof Error) || depth > 8) return [error]
  const within = [...(error instanceof AggregateError ? error.errors : []), error.cause]
  const deeper = within.filter((each) => each !== undefined)
  return [error, ...deeper.flatMap((each) => errorsWithin(each, depth + 1))]
}

const outages = new Set(['NETWORK', 'TIMEOUT', 'RETRIES_EXHAUSTED'])

/** Statuses of answers that refuse what was asked; others refuse whoever asks, or anyone just now. */
const refusals = new Set([400, 406, 411, 413, 414, 415, 422, 431])

const isOutage = (error: unknown): boolean =>
  JudgeError.isInstance(error) &&
  (outages.has(error.code) ||
    (error.code === 'SERVER_STATUS' && error.status !== undefined && !refusals.has(error.status)))

/** What is kept of an error. */
export function itemFailureOf(error: unknown): ItemFailure {
  if (!(error instanceof Error)) return { code: 'Error', message: String(error) }
  const { code } = error as { code?: unknown }
  const failure = { code: typeof code === 'string' ? code : error.name, message: error.message }
  return errorsWithin(error).some(isOutage) ? { ...failure, outage: true } : failure
}

/** The word of a person who ended the questions, where that is what an error comes from. */
export const interruptionIn = (error: unknown): JudgeError | undefined =>
  errorsWithin(error).find(
    (each): each is JudgeError => JudgeError.isInstance(each) && each.code === 'INTERRUPTED',
  )

/** The error of a run that ends with an item. */
export function itemFailed(id: string, { code, message }: ItemFailure, cause: unknown): JudgeError {
  const name = JSON.stringify(id)
  const text = `item ${name} failed with ${code}: ${message}`
  return new JudgeError('ITEM_FAILED', `items[${name}]`, text, cause === undefined ? {} : { cause })
}
