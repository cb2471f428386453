import { canonicalJson, sha256 } from '../canonical-json'
import { checkItem } from '../check-arguments'
import { JudgeError } from '../judge-error'
import { unpricedOf } from '../usage'
import type { JournalEntry } from './journal-file'
import type { BatchItem } from './run-batch'
import type { RunControl } from './run-control'

/** Throws JudgeError `INVALID_INPUT` or `DUPLICATE_ID`; remembers the id. */
export function checkId(ids: Set<string>, item: BatchItem): void {
  checkItem('item', item, [])
  const { id } = item
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

/**
 * Throws JudgeError `BUDGET_SPENT` where no further item may be begun, and `INVALID_OPTION` where nobody can tell: what was paid
 * for must never pass for free.
 */
export function checkBudget({ options: { maxCost, maxTokens, prices }, progress }: RunControl): void {
  const usage = progress.usage()
  const { cost = 0, promptTokens, completionTokens } = usage
  const tokens = promptTokens + completionTokens
  if (maxCost < Number.POSITIVE_INFINITY) {
    const { calls } = unpricedOf(usage)
    const remedy = prices ? 'a server that says how many tokens it used' : 'prices as well'
    if (calls > 0) throw unknownSpent('maxCost', maxCost, `what ${calls} calls cost`, remedy)
    if (!(cost < maxCost)) throw budgetSpent('maxCost', maxCost, `cost ${cost}`)
  }
  if (maxTokens < Number.POSITIVE_INFINITY) {
    const calls = progress.uncountedCalls()
    if (calls > 0)
      throw unknownSpent('maxTokens', maxTokens, `the tokens of ${calls} calls`, 'a server that does')
    if (!(tokens < maxTokens)) throw budgetSpent('maxTokens', maxTokens, `used ${tokens} tokens`)
  }
}

const unknownSpent = (parameter: string, limit: number, what: string, remedy: string): JudgeError =>
  new JudgeError(
    'INVALID_OPTION',
    parameter,
    `${parameter} is ${limit}, and the judge does not say ${what}; expected ${remedy}`,
  )

const budgetSpent = (parameter: string, limit: number, spent: string): JudgeError =>
  new JudgeError(
    'BUDGET_SPENT',
    parameter,
    `${parameter} is ${limit}, and the run has ${spent}; raise it to go on`,
  )
