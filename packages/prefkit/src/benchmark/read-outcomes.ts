import type { DataPlace } from '@prefkit/datasets'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import type { LocatedRow } from '../tables/located-row'
import { placeText } from '../tables/place-text'
import { readRows } from '../tables/read-rows'
import { authorsVerdicts, hasAuthorsRecords, type RowVerdicts } from './authors-records'
import { benchmarkEntry } from './benchmark-names'
import { failed, type ItemResult } from './item-result'
import type { RecordedRow, RecordReading } from './kinds/item-kind'
import { itemKinds } from './kinds/item-kinds'
import { idOf, matchRecords } from './match-records'
import type { BenchmarkItem } from './open-benchmark'
import type { PlannedBenchmark } from './plan-benchmark'

/** How recorded outcomes are read. */
export interface OutcomeOptions extends RecordReading, WorkOptions {
  /** Whether items without an outcome count as failed; otherwise they are refused. */
  readonly keepGoing: boolean
}

const badRow = (place: DataPlace, problem: string): PrefkitError =>
  new PrefkitError('BAD_ROW', `${placeText(place)}: ${problem}`)

const recordedRow = ({ value, place }: Pick<LocatedRow, 'value' | 'place'>): RecordedRow => ({
  value,
  refuse: (field, problem) => {
    throw badRow(place, `field "${field}": ${problem}`)
  },
})

/** CSV has text only: what is read as JSON and is no text there is that. */
function untexted({ value, isText }: LocatedRow): LocatedRow['value'] {
  if (!isText) return value
  const fields = ['winProbability', 'score', 'choice', 'ranking', 'answers', 'decisions']
  const parsed = fields.flatMap((field): [string, unknown][] => {
    try {
      return typeof value[field] === 'string' ? [[field, JSON.parse(value[field] || 'null')]] : []
    } catch {
      return []
    }
  })
  return { ...value, ...Object.fromEntries(parsed) }
}

/** What names the item of a row: its id, IFEval's key, or the prompt itself where no two items have the same. */
function nameOf({ value }: LocatedRow, byPrompt: ReadonlyMap<unknown, BenchmarkItem>): string | undefined {
  return idOf(value.id) ?? idOf(value.key) ?? byPrompt.get(value.prompt)?.id
}

const carried = ['prompt', 'a', 'b', 'response', 'responses', 'questions'] as const

/** Rows may carry the texts of their item: then they must be those of the plan, which depends on seed and limit. */
function checkTexts(row: LocatedRow, item: BenchmarkItem, { kind }: PlannedBenchmark): void {
  const fields = carried.filter((field) => field !== 'response' || kind !== 'prompts')
  const other = fields.find(
    (field) =>
      row.value[field] !== undefined &&
      item[field] !== undefined &&
      JSON.stringify(row.value[field]) !== JSON.stringify(item[field]),
  )
  if (other === undefined) return
  const message = `field "${other}": is not that of item ${item.id}; were items written with another --seed, --limit or --task, or from other data?`
  throw badRow(row.place, message)
}

/** The items whose prompt nobody else has, by it. */
function itemsByPrompt({ items, kind }: PlannedBenchmark): Map<unknown, BenchmarkItem> {
  if (kind !== 'prompts') return new Map()
  const groups = Map.groupBy(items, ({ prompt }) => prompt)
  return new Map([...groups].flatMap(([prompt, [item, ...more]]) => (more.length ? [] : [[prompt, item!]])))
}

/** Outcomes by the items' ids. */
function byItem(
  rows: readonly LocatedRow[],
  planned: PlannedBenchmark,
  options: OutcomeOptions,
): Map<string, ItemResult> {
  const items = new Map(planned.items.map((item) => [item.id, item]))
  const byPrompt = itemsByPrompt(planned)
  const results = new Map<string, ItemResult>()
  for (const row of rows) {
    const id = nameOf(row, byPrompt)
    const item = id === undefined ? undefined : items.get(id)
    if (!item) throw badRow(row.place, unknownItem(id, row, planned))
    if (results.has(item.id)) throw badRow(row.place, `field "id": item ${item.id} has an outcome already`)
    checkTexts(row, item, planned)
    const value = untexted(row)
    const result = itemKinds[planned.kind].read(recordedRow({ ...row, value }), item, options)
    results.set(item.id, typeof value.error === 'string' ? { ...result, error: value.error } : result)
  }
  return results
}

function unknownItem(
  id: string | undefined,
  { value }: LocatedRow,
  { config, items }: PlannedBenchmark,
): string {
  const task = `${benchmarkEntry(config.benchmark).title}, task ${config.task}`
  if (id !== undefined) {
    return `field "id": ${JSON.stringify(id)} is no item of ${task}, such as ${JSON.stringify(items[0]!.id)}; --write-items writes them all`
  }
  return `field "id": expected the id of an item of ${task}; the row has ${Object.keys(value).join(', ') || 'nothing'}`
}

const asResult = (verdict: RowVerdicts[number]): ItemResult =>
  verdict === null
    ? { outcome: { verdict: 'abstained' }, readings: [] }
    : { outcome: { verdict }, readings: [] }

/** What was read of items. */
interface Recorded {
  readonly results: ReadonlyMap<string, ItemResult>
  /** How it was read, where one may think otherwise. */
  readonly notices: readonly string[]
}

/** Outcomes out of the authors' own records, a row of the data each. */
function byRow(records: readonly LocatedRow[], planned: PlannedBenchmark): Recorded {
  const { config, items, labels = [] } = planned
  const asked = new Map<number, BenchmarkItem[]>()
  for (const [i, item] of items.entries()) {
    const { row } = labels[i]!
    asked.set(row, [...(asked.get(row) ?? []), item])
  }
  const results = new Map<string, ItemResult>()
  const { matched, notices } = matchRecords(records, planned)
  for (const [row, record] of matched.entries()) {
    if (!record) continue
    const verdicts = authorsVerdicts(config.benchmark, recordedRow({ ...record, value: untexted(record) }))
    if (!verdicts) throw badRow(record.place, 'expected a decision of a judge, as the rows before have')
    for (const [order, item] of (asked.get(row) ?? []).entries()) {
      results.set(item.id, asResult(verdicts[order]!))
    }
  }
  return { results, notices }
}

/** Whether rows are those of the benchmark's authors, about rows of the data rather than items. */
const isAuthors = (row: LocatedRow, { config: { benchmark }, kind }: PlannedBenchmark): boolean =>
  kind === 'pairs' &&
  hasAuthorsRecords(benchmark) &&
  row.value.verdict === undefined &&
  authorsVerdicts(benchmark, recordedRow({ ...row, value: untexted(row) })) !== undefined

/**
 * Reads what was recorded of a benchmark's items: rows by `id`, as `--write-items` names them, or decisions as the
 * benchmark's authors publish them. Notices say how rows were joined, where they do not say it themselves.
 * @throws DatasetError for files that cannot be read; PrefkitError `BAD_ROW` naming file, line and field, and for items without
 *   an outcome.
 */
export async function readOutcomes(
  files: readonly string[],
  planned: PlannedBenchmark,
  options: OutcomeOptions,
): Promise<{ results: ItemResult[]; notices: readonly string[] }> {
  const rows = await readRows(files, options)
  const { results, notices }: Recorded = isAuthors(rows[0]!, planned)
    ? byRow(rows, planned)
    : { results: byItem(rows, planned, options), notices: [] }
  const missing = planned.items.filter(({ id }) => !results.has(id))
  if (missing.length > 0 && !options.keepGoing) {
    const [{ id }] = missing as [BenchmarkItem]
    const message = `${files.join(', ')}: ${missing.length} of ${planned.items.length} items have no outcome, the first is ${id}; --keep-going counts them as failed`
    throw new PrefkitError('BAD_ROW', message)
  }
  return { results: planned.items.map(({ id }) => results.get(id) ?? failed('no outcome')), notices }
}
