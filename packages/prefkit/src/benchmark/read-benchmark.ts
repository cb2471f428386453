import { type DataPlace, DatasetError } from '@prefkit/datasets'
import { EvalsError } from '@prefkit/evals'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import type { LocatedRow } from '../tables/located-row'
import { placeText } from '../tables/place-text'
import { readRows } from '../tables/read-rows'
import { type BenchmarkEntry, type BenchmarkName, benchmarkEntry } from './benchmark-names'
import { benchmarksOfRow, openBenchmark } from './open-benchmark'

/** A row of a benchmark, and where it stands. */
export interface BenchmarkRow {
  /** Its place among all rows that were read, from 0. */
  readonly index: number
  readonly place: DataPlace
  /** As it was read. */
  readonly value: Readonly<Record<string, unknown>>
  /** As the benchmark reads it. */
  readonly row: unknown
}

/** CSV has text only: fields that are something else are JSON in it. */
function untexted({ value, place, isText }: LocatedRow, { jsonFields }: BenchmarkEntry): LocatedRow['value'] {
  if (!isText) return value
  const parsed = jsonFields.flatMap((field): [string, unknown][] => {
    const text = value[field]
    if (typeof text !== 'string' || text === '') return []
    try {
      return [[field, JSON.parse(text)]]
    } catch (cause) {
      // Prompts are text or a list of messages: what is no JSON is text.
      if (field === 'prompt') return []
      const message = `expected JSON, is ${JSON.stringify(text.slice(0, 40))}`
      throw new DatasetError('FIELD_TYPE', message, { ...place, field }, { cause })
    }
  })
  const prompts = parsed.filter(([field, json]) => field !== 'prompt' || typeof json === 'object')
  return { ...value, ...Object.fromEntries(prompts) }
}

/** LLMBar's files do not say their subset: their folders do, such as `LLMBar/Adversarial/Manual`. */
function subsetOfPath(file: string): string | undefined {
  const folders = file.split(/[\\/]/).slice(0, -1)
  const from = folders.lastIndexOf('Dataset') + 1
  const named = from > 0 ? folders.slice(from) : folders.slice(-1)
  return named.join('/').replace(/\/evaluators\/.*$/, '') || undefined
}

function withSubset(name: BenchmarkName, value: LocatedRow['value'], { file }: DataPlace) {
  if (name !== 'llmbar' || value.subset !== undefined || file === undefined) return value
  const subset = subsetOfPath(file)
  return subset === undefined ? value : { ...value, subset }
}

/** The row that an error of the benchmark is about, as it names it in `rows[3].label`. */
const faultyRow = ({ parameter }: EvalsError): number => Number(/^rows\[(\d+)\]/.exec(parameter)?.[1])

/** What the rows of another benchmark would be called. */
function likeOthers(value: unknown): string {
  const titles = benchmarksOfRow(value).map(({ title, name }) => `${title} (prefkit eval ${name})`)
  return titles.length === 0 ? '' : `; it looks like a row of ${titles.join(' or ')}`
}

/**
 * Does work on rows, and says of an error about one of them where it stands, and which benchmark it could be of.
 * @throws PrefkitError `BAD_ROW` naming file, line and field; what else the work throws.
 */
export function withPlaces<Result>(
  located: readonly Pick<BenchmarkRow, 'place' | 'value'>[],
  title: string,
  work: () => Result,
): Result {
  try {
    return work()
  } catch (cause) {
    if (!EvalsError.isInstance(cause) || cause.code !== 'INVALID_ROW') throw cause
    const at = located[faultyRow(cause)]
    if (!at) throw cause
    const what = cause.message.replace(/^row \d+:? /, '')
    const message = `${placeText(at.place)}: no row of ${title}: ${what}${likeOthers(at.value)}`
    throw new PrefkitError('BAD_ROW', message, { cause })
  }
}

/**
 * Reads the rows of a benchmark.
 * @throws DatasetError for files that cannot be read or are empty; PrefkitError `BAD_ROW` naming file, line and field.
 */
export async function readBenchmark(
  name: BenchmarkName,
  files: readonly string[],
  work: WorkOptions = {},
  join: (rows: readonly LocatedRow[]) => readonly LocatedRow[] = (rows) => rows,
): Promise<BenchmarkRow[]> {
  const entry = benchmarkEntry(name)
  const read = join(await readRows(files, work))
  const located = read.map((row) => ({
    place: row.place,
    value: withSubset(name, untexted(row, entry), row.place),
  }))
  const rows = withPlaces(located, entry.title, () =>
    openBenchmark(name).rows(located.map(({ value }) => value)),
  )
  return located.map((each, index) => ({ ...each, index, row: rows[index] }))
}
