import { createHash } from 'node:crypto'
import { type Comparison, DatasetError, type ReadReport, responseText } from '@prefkit/datasets'
import type { PairItem } from '@prefkit/rubrics'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { loadFiles } from '../reward/read-comparisons'
import type { DataConfig } from '../reward/reward-config'
import type { LocatedRow } from '../tables/located-row'
import { tableRows } from '../tables/read-rows'
import { conversationOf } from './conversation-of'
import { withDistinctIds } from './distinct-ids'
import { isPairRow, type LaidOutPair, pairsOfRow, rowName } from './pair-layouts'
import { readItems } from './read-items'
import type { RowCounts } from './row-counts'

/** How files of pairs are read. */
export type PairReading = Pick<DataConfig, 'dialect' | 'texts' | 'labels' | 'skipBad'>

/** Two responses to judge, and what is known of them. */
export interface PairToJudge {
  readonly id: string
  readonly item: PairItem
  /** The one that the data prefers, where it does. */
  readonly label?: 'a' | 'b' | 'tie'
  /** The part of the data that it is from. */
  readonly source?: string | undefined
}

/** The pairs of files, and what became of their rows. */
export interface PairsRead {
  readonly pairs: readonly PairToJudge[]
  readonly rows: RowCounts
}

/** Whether the chosen response is `a`: by the seed and the id alone, so that a resumed run has the same pairs. */
const isChosenFirst = (id: string, seed: number): boolean =>
  createHash('sha256').update(`${seed}\n${id}`).digest()[0]! < 128

/** A comparison as a pair whose better response is `a` or `b` at random: a judge must not learn where it stands. */
function pairOfComparison(comparison: Comparison, seed: number): PairToJudge {
  const { id, prompt, source } = comparison
  const label = isChosenFirst(id, seed) ? 'a' : 'b'
  const texts = [responseText(comparison.chosen), responseText(comparison.rejected)] as const
  const [a, b] = label === 'a' ? texts : texts.toReversed()
  return { id, item: { prompt: conversationOf(prompt), a: a!, b: b! }, label, source }
}

const pairOf = ({ id, prompt, a, b, reference, source, label }: LaidOutPair): PairToJudge => ({
  id,
  item: {
    prompt: conversationOf(prompt),
    a: responseText(a),
    b: responseText(b),
    ...(reference !== undefined && { reference }),
  },
  ...(label && { label }),
  source,
})

function pairsOf({ value, place }: LocatedRow): PairToJudge[] {
  const pairs = isPairRow(value) ? pairsOfRow(value, place) : undefined
  if (pairs) return pairs.map(pairOf)
  if ('label' in value && 'a' in value) {
    const message = `label: expected a, b or tie beside a and b, got ${JSON.stringify(value.label)}`
    throw new DatasetError('FIELD_VALUE', message, place)
  }
  const has = Object.keys(value).join(', ') || 'nothing'
  const message = `expected text fields prompt, a and b, or prompt and a list responses, as in the first row of the first file; the row has ${has}`
  throw new DatasetError('ROW_TYPE', message, place)
}

/** The first row of the first file, or undefined where it is no JSON object: then it is for the reader of comparisons. */
async function firstRow(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    for await (const { value } of tableRows([file])) return value
  } catch {
    // The reader of comparisons tells what is wrong with it.
  }
  return undefined
}

/** The `reference` of each row that has one, by the id that its comparison has. */
async function readReferences(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const references = new Map<string, string>()
  for await (const { value, place } of tableRows(files, () => {})) {
    const { reference } = value
    if (typeof reference !== 'string') continue
    const id = rowName(value.id, place)
    if ((references.get(id) ?? reference) !== reference) {
      const message = `the id ${JSON.stringify(id)} stands before with another reference; expected one of each id`
      throw new DatasetError('FIELD_VALUE', message, place)
    }
    references.set(id, reference)
  }
  return references
}

const withReference = (pair: PairToJudge, reference: string | undefined): PairToJudge =>
  reference === undefined ? pair : { ...pair, item: { ...pair.item, reference } }

const countsOf = ({ rows, ties, unpaired, skipped, errors }: ReadReport): RowCounts => ({
  rows,
  ties,
  unpaired,
  skipped,
  faults: errors.map(({ message }) => message),
})

/** Comparisons in any dialect; a row's `reference` is passed on, which dialects know nothing of. */
async function readLabelled(
  files: readonly string[],
  reading: PairReading,
  { seed, hasReferences, work }: { seed: number; hasReferences: boolean; work: WorkOptions },
): Promise<PairsRead> {
  const { comparisons, report } = await loadFiles(files, reading, work)
  const references = hasReferences ? await readReferences(files) : new Map<string, string>()
  const pairs = comparisons.map((each) =>
    withReference(pairOfComparison(each, seed), references.get(each.id)),
  )
  return { pairs, rows: countsOf(report) }
}

async function readLaidOut(
  files: readonly string[],
  { skipBad }: PairReading,
  work: WorkOptions,
): Promise<PairsRead> {
  const { items, rows } = await readItems(files, pairsOf, skipBad, work)
  return { pairs: items, rows }
}

/**
 * Reads the pairs of files: comparisons in any dialect, or rows of `{prompt, a, b}`, with a label or without, or of
 * `{prompt, responses}`. All files are of one layout: that of the first row.
 * @throws DatasetError naming file, line and field; PrefkitError `NO_COMPARISONS`.
 */
export async function readPairs(
  files: readonly string[],
  reading: PairReading,
  seed: number,
  work: WorkOptions = {},
): Promise<PairsRead> {
  const first = await firstRow(files[0]!)
  const isLaidOut = reading.dialect === undefined && isPairRow(first)
  const { pairs, rows } = isLaidOut
    ? await readLaidOut(files, reading, work)
    : await readLabelled(files, reading, {
        seed,
        work,
        hasReferences: first !== undefined && 'reference' in first,
      })
  if (pairs.length > 0) return { pairs: withDistinctIds(pairs), rows }
  throw new PrefkitError('NO_COMPARISONS', `${files.join(', ')}: expected pairs, found none`)
}
