import { formatValue } from '../../check-input'
import { EvalsError } from '../../evals-error'

/** Throws `INVALID_ROW` for what is no list of rows, and `EMPTY` without any. */
export function checkRows(rows: readonly unknown[]): void {
  const given: unknown = rows
  if (!Array.isArray(given)) {
    throw new EvalsError('INVALID_ROW', 'rows', `rows is ${formatValue(given)}; expected a list of rows`)
  }
  if (given.length === 0) throw new EvalsError('EMPTY', 'rows', 'rows is empty; expected one or more')
}
