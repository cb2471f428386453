import { canonicalJson, sha256 } from '../canonical-json'
import { JudgeError } from '../judge-error'
import type { ItemFailure, JournalEntry } from './journal'
import type { BatchItem } from './run-batch'
import type { RunControl } from './run-control'

/** Throws JudgeError `INVALID_INPUT` or `DUPLICATE_ID`; remembers the id. */
export function checkId(ids: Set<string>, { id }: BatchItem): void {
  if (typeof id !== 'string' || id === '')
    throw new JudgeError(
      'INVALID_INPUT',
      'id',
      `id is ${JSON.stringify(id)}; expected a string that is not empty`,
    )
  if (ids.has(id))
    throw new JudgeError(
      'DUPLICATE_ID',
      'id',
      `two items have the id ${JSON.stringify(id)}; expected each once`,
    )
  ids.add(id)
}

/** Hash of all that an item has besides its id. */
export const contentHash = <Item extends BatchItem>({ id, ...content }: Item): string =>
  sha256(canonicalJson(`item ${id}`, content)).slice(0, 32)

/** Throws JudgeError `ITEM_CHANGED` where the journal's result is one of other content. */
export function checkUnchanged({ id, item }: JournalEntry, hash: string): void {
  if (item === hash) return
  const message = `item ${JSON.stringify(id)} has other content than when the journal got its result; give it another id, or another journal`
  throw new JudgeError('ITEM_CHANGED', 'id', message)
}

/** Throws JudgeError `BUDGET_SPENT` where no further item may be begun, and `INVALID_OPTION` where nobody can tell. */
export function checkBudget({ options, progress }: RunControl): void {
  const { maxCost, maxTokens } = options
  const { calls, cost, promptTokens, completionTokens } = progress.usage()
  if (maxCost < Number.POSITIVE_INFINITY && calls > 0 && cost === undefined) {
    const message = `maxCost is ${maxCost}, and the judge does not say what it costs; expected prices as well`
    throw new JudgeError('INVALID_OPTION', 'maxCost', message)
  }
  const tokens = promptTokens + completionTokens
  if ((cost ?? 0) >= maxCost) throw budgetSpent('maxCost', maxCost, `cost ${cost}`)
  if (tokens >= maxTokens) throw budgetSpent('maxTokens', maxTokens, `used ${tokens} tokens`)
}

const budgetSpent = (parameter: string, limit: number, spent: string): JudgeError =>
  new JudgeError(
    'BUDGET_SPENT',
    parameter,
    `${parameter} is ${limit}, and the run has ${spent}; raise it to go on`,
  )

/** What is kept of an error. */
export function failureOf(error: unknown): ItemFailure {
  if (!(error instanceof Error)) return { code: 'Error', message: String(error) }
  const { code } = error as { code?: unknown }
  return { code: typeof code === 'string' ? code : error.name, message: error.message }
}

export function itemFailed(id: string, { code, message }: ItemFailure, cause: unknown): JudgeError {
  const text = `item ${JSON.stringify(id)} failed with ${code}: ${message}`
  return new JudgeError('ITEM_FAILED', id, text, cause === undefined ? {} : { cause })
}
