import { readGamedRows } from '@prefkit/evals/benchmarks'
import type { WorkOptions } from '../reward/progress'
import { readRows } from '../tables/read-rows'

/** Rows of AlpacaEval's `df_gamed.csv`. */
export type GamedRows = ReturnType<typeof readGamedRows>

const asNumbers = (value: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(value).map(([name, text]) => [name, Number(text)]))

/**
 * Reads AlpacaEval's `df_gamed.csv`, where there is one.
 * @throws DatasetError for a file that cannot be read; EvalsError `INVALID_ROW`.
 */
export async function readGamed(
  file: string | undefined,
  work: WorkOptions = {},
): Promise<GamedRows | undefined> {
  if (file === undefined) return undefined
  const rows = await readRows([file], work)
  return readGamedRows(rows.map(({ value, isText }) => (isText ? asNumbers(value) : value)))
}
