import { readFileSync, writeFileSync } from 'node:fs'
import type { Judge, PairJudgement } from '@prefkit/judges'
import type { LabelledPair } from './rows.ts'

/**
 * P(the better response is preferred) where it was shown first and where it was shown second, in [0, 1]; null without an
 * answer.
 */
export type Probabilities = readonly [first: number | null, second: number | null]

/** What judges said of pairs, by judge, with one entry a pair. */
export type Answers = Readonly<Record<string, readonly Probabilities[]>>

/** What a run came to: enough to make every number of the tables, without the texts. */
export interface Recording {
  readonly llmbar: { readonly rows: readonly string[]; readonly answers: Answers }
  /** Nine pairs a row; absent where no files were given. */
  readonly rmBench?: {
    readonly rows: readonly { readonly id: string; readonly domain: string }[]
    readonly answers: Answers
  }
}

const DECIMALS = 1e5

/** The better response is `a`. */
function probabilitiesOf({ readings }: PairJudgement): Probabilities {
  const shown = (first: 'a' | 'b') => {
    const probability = readings.find((reading) => reading.first === first)?.winProbability
    return probability === undefined ? null : Math.round(probability * DECIMALS) / DECIMALS
  }
  return [shown('a'), shown('b')]
}

/** Asks every judge about every pair, a pair at a time, so that the server still has what it read of it. */
export async function record(
  judges: Readonly<Record<string, Judge>>,
  pairs: readonly LabelledPair[],
  onPair: (done: number) => void,
): Promise<Answers> {
  const answers = Object.fromEntries(Object.keys(judges).map((name) => [name, [] as Probabilities[]]))
  for (const [index, { item }] of pairs.entries()) {
    for (const [name, judge] of Object.entries(judges))
      answers[name]!.push(probabilitiesOf(await judge.compare(item)))
    onPair(index + 1)
  }
  return answers
}

const pinnedFile = new URL('../pinned.json', import.meta.url)

/** The numbers that README.md shows. */
export const readPinned = (): Recording => JSON.parse(readFileSync(pinnedFile, 'utf8'))

/** One line for each list of answers, so that changes can be read. */
export function writePinned(recording: Recording): void {
  const text = JSON.stringify(recording, null, 1)
  writeFileSync(
    pinnedFile,
    `${text.replaceAll(/\[\s+([\d.e-]+|null),\s+([\d.e-]+|null)\s+\]/g, '[$1, $2]')}\n`,
  )
}
