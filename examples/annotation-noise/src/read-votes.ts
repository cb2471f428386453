import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** Columns of votes on pairs: 1 for the first, 2 for the second, 0 for equal. */
export interface PairVotes {
  readonly items: string[]
  readonly annotators: number[]
  readonly labels: number[]
}

function readLines<Row>(path: string | URL): Row[] {
  const text = gunzipSync(readFileSync(path)).toString('utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const columnsOf = (
  rows: readonly (readonly [item: string, annotator: number, label: number])[],
): PairVotes => ({
  items: rows.map(([item]) => item),
  annotators: rows.map(([, annotator]) => annotator),
  labels: rows.map(([, , label]) => label),
})

/** Which of two arguments convinces: 84,445 votes of 3,815 workers on 16,927 pairs. They come with `prefkit`. */
export function ukpConvArg(): PairVotes {
  const umbrella = dirname(fileURLToPath(import.meta.resolve('prefkit/package.json')))
  const pairs = readLines<{ pair: string; votes: [number, number][] }>(
    join(umbrella, 'data', 'ukpconvarg1', 'pairs.jsonl.gz'),
  )
  return columnsOf(
    pairs.flatMap(({ pair, votes }) => votes.map(([worker, label]) => [pair, worker, label] as const)),
  )
}

/** The competence of each worker that was published with the votes, by the worker's number. */
export function publishedCompetence(): Map<number, number> {
  const url = new URL('../data/ukpconvarg1-workers.jsonl.gz', import.meta.url)
  const rows = readLines<{ worker: number; competence: number }>(url)
  return new Map(rows.map(({ worker, competence }) => [worker, competence]))
}

/** Which of two responses is better: the votes of the same three people on 999 pairs. */
export function pandaLm(): PairVotes {
  const url = new URL('../data/pandalm-votes.jsonl.gz', import.meta.url)
  const pairs = readLines<{ id: number; votes: number[] }>(url)
  return columnsOf(
    pairs.flatMap(({ id, votes }) => votes.map((label, person) => [String(id), person, label] as const)),
  )
}
