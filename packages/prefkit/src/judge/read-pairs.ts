import { createHash } from 'node:crypto'
import { type Comparison, DatasetError, responseText } from '@prefkit/datasets'
import type { PairItem } from '@prefkit/rubrics'
import type { WorkOptions } from '../reward/progress'
import { loadFiles } from '../reward/read-comparisons'
import type { DataConfig } from '../reward/reward-config'
import type { LocatedRow } from '../tables/located-row'
import { readRows, tableRows } from '../tables/read-rows'
import { conversationOf } from './conversation-of'
import { withDistinctIds } from './distinct-ids'
import { isUnlabelled, pairsOfRow, type UnlabelledPair } from './pair-layouts'

/** How files of pairs are read. */
export type PairReading = Pick<DataConfig, 'dialect' | 'texts' | 'labels' | 'skipBad'>

/** Two responses to judge, and what is known of them. */
export interface PairToJudge {
  readonly id: string
  readonly item: PairItem
  /** The one that the data prefers, where it does. */
  readonly label?: 'a' | 'b'
  /** The part of the data that it is from. */
  readonly source?: string | undefined
}

/** Whether the chosen response is `a`: by the seed and the id alone, so that a resumed run has the same pairs. */
const isChosenFirst = (id: string, seed: number): boolean =>
  createHash('sha256').update(`${seed}\n${id}`).digest()[0]! < 128

/** A comparison as a pair whose better response is `a` or `b` at random: a judge must not learn where it stands. */
export function pairOfComparison(comparison: Comparison, seed: number): PairToJudge {
  const { id, prompt, source } = comparison
  const label = isChosenFirst(id, seed) ? 'a' : 'b'
  const texts = [responseText(comparison.chosen), responseText(comparison.rejected)] as const
  const [a, b] = label === 'a' ? texts : texts.toReversed()
  return { id, item: { prompt: conversationOf(prompt), a: a!, b: b! }, label, source }
}

const pairOfUnlabelled = ({ id, prompt, a, b, reference, source }: UnlabelledPair): PairToJudge => ({
  id,
  item: {
    prompt: conversationOf(prompt),
    a: responseText(a),
    b: responseText(b),
    ...(reference !== undefined && { reference }),
  },
  source,
})

function unlabelledOf({ value, place }: LocatedRow): PairToJudge[] {
  const pairs = pairsOfRow(value, place)
  if (pairs) return pairs.map(pairOfUnlabelled)
  const has = Object.keys(value).join(', ') || 'nothing'
  const message = `expected text fields prompt, a and b, or prompt and a list responses, as in the first row; the row has ${has}`
  throw new DatasetError('ROW_TYPE', message, place)
}

/** The first row of the first file, or undefined where it is no JSON object: then it is for the reader of comparisons. */
async function firstRow(file: string): Promise<unknown> {
  try {
    for await (const { value } of tableRows([file])) return value
  } catch {
    // The reader of comparisons tells what is wrong with it.
  }
  return undefined
}

/**
 * Reads the pairs of files: comparisons in any dialect, or rows of `{prompt, a, b}` or `{prompt, responses}` that nobody has
 * compared yet.
 * @throws DatasetError naming file, line and field; PrefkitError `NO_COMPARISONS`.
 */
export async function readPairs(
  files: readonly string[],
  reading: PairReading,
  seed: number,
  work: WorkOptions = {},
): Promise<PairToJudge[]> {
  const isOpen = reading.dialect === undefined && isUnlabelled(await firstRow(files[0]!))
  const pairs = isOpen
    ? (await readRows(files, work)).flatMap(unlabelledOf)
    : (await loadFiles(files, reading, work)).comparisons.map((each) => pairOfComparison(each, seed))
  return withDistinctIds(pairs)
}
