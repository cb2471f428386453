import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { llmbar, type RmBenchRow, rmBench } from '@prefkit/evals/benchmarks'
import type { PairItem } from '@prefkit/rubrics'

/** A pair whose better response is known, and is `a`. */
export interface LabelledPair {
  /** Names the row that it is from. */
  readonly row: string
  readonly item: PairItem
}

/** Values of a file: JSON lines, or JSON as a list; unpacked where its name ends in `.gz`. */
function readValues(file: string | URL): unknown[] {
  const bytes = readFileSync(file)
  const text = (`${file}`.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim()
  return text.startsWith('[') ? JSON.parse(text) : text.split('\n').map((line) => JSON.parse(line))
}

/** The first `count` rows in an order that looks random, and is the same on every machine and for every count. */
export function sample<Row>(rows: readonly Row[], idOf: (row: Row) => string, count: number): Row[] {
  const keys = new Map(rows.map((row) => [row, createHash('sha256').update(idOf(row)).digest('hex')]))
  return [...rows].sort((one, other) => (keys.get(one)! < keys.get(other)! ? -1 : 1)).slice(0, count)
}

/** A row of LLMBar with the id that it has in the data. */
export interface LlmbarCase {
  readonly id: string
  readonly row: ReturnType<typeof llmbar.rows>[number]
}

/** All 419 rows of LLMBar, by id. */
export function readLlmbar(): Map<string, LlmbarCase> {
  const values = readValues(new URL('../data/llmbar.jsonl.gz', import.meta.url)) as { id: string }[]
  const rows = llmbar.rows(values)
  return new Map(values.map(({ id }, index) => [id, { id, row: rows[index]! }]))
}

/** The pair of a row of LLMBar. */
export function llmbarPair({ id, row }: LlmbarCase): LabelledPair {
  const outputs = [row.output1, row.output2] as const
  const [a, b] = row.label === 1 ? outputs : outputs.toReversed()
  return { row: id, item: { prompt: row.instruction, a: a!, b: b! } }
}

/** Ids of several files told apart by their domain, such as `chat/8`. */
const nameOf = ({ id, domain }: RmBenchRow) => (id.startsWith(`${domain}/`) ? id : `${domain}/${id}`)

/** RM-Bench out of local files, by domain and id. */
export function readRmBench(files: readonly string[]): Map<string, RmBenchRow> {
  const rows = rmBench.rows(files.flatMap((file) => readValues(file)))
  return new Map(rows.map((row) => [nameOf(row), { ...row, id: nameOf(row) }]))
}

/** The nine pairs of a row of RM-Bench: each chosen style against each rejected one. */
export const rmBenchPairs = ({ id, prompt, chosen, rejected }: RmBenchRow): LabelledPair[] =>
  chosen.flatMap((a) => rejected.map((b) => ({ row: id, item: { prompt, a, b } })))
