import { TreesError } from '../trees-error'
import { shown } from './shown'

/** What the entries of a column of numbers may be. */
export interface ColumnRule {
  readonly least?: number
  readonly most?: number
  readonly whole?: boolean
}

const isArrayLike = (value: unknown): value is ArrayLike<unknown> =>
  typeof value === 'object' && value !== null && 'length' in value && typeof value.length === 'number'

function expectation({ least, most, whole }: ColumnRule): string {
  const what = whole ? 'an integer' : 'a finite number'
  if (least !== undefined && most !== undefined) return `${what} from ${least} to ${most}`
  return least === undefined ? what : `${what} of at least ${least}`
}

const allowed = (value: unknown, { least, most, whole }: ColumnRule): boolean =>
  typeof value === 'number' &&
  Number.isFinite(value) &&
  (!whole || Number.isInteger(value)) &&
  (least === undefined || value >= least) &&
  (most === undefined || value <= most)

/**
 * Throws `INVALID_DATA` unless `values` is an array whose entries keep to the rule, `DIMENSION_MISMATCH` unless it has
 * `length` of them.
 */
export function checkColumn(
  name: string,
  values: unknown,
  length: number | undefined,
  rule: ColumnRule,
): void {
  if (!isArrayLike(values)) {
    throw new TreesError('INVALID_DATA', `${name} is ${shown(values)}; expected an array of numbers`)
  }
  if (length !== undefined && values.length !== length) {
    const message = `${name} has ${values.length} entries; expected ${length}, one for each row`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  for (let i = 0; i < values.length; i++) {
    if (allowed(values[i], rule)) continue
    throw new TreesError(
      'INVALID_DATA',
      `${name}[${i}] is ${shown(values[i])}; expected ${expectation(rule)}`,
    )
  }
}
