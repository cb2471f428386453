import { join } from 'node:path'
import { readStageLines, writeLines } from '../../../runs/json-lines'
import type { PreferencePair } from '../../prompts/preference-pair'

/** A comparison as it is written: texts, under the names that data sets have, and the tokens as the model writes them. */
interface ComparisonRow {
  readonly id: string
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
  readonly preference?: number
  readonly prompt_id: string
  readonly prompt_tokens: readonly number[]
  readonly chosen_tokens: readonly number[]
  readonly rejected_tokens: readonly number[]
}

const rowOf = ({ prompt, chosen, rejected, preference }: PreferencePair, i: number): ComparisonRow => ({
  ...{ id: `${i + 1}`, prompt: prompt.text, chosen: chosen.text, rejected: rejected.text },
  ...(preference !== undefined && { preference }),
  ...{ prompt_id: prompt.id, prompt_tokens: prompt.tokens },
  ...{ chosen_tokens: chosen.tokens, rejected_tokens: rejected.tokens },
})

const comparisonOf = (row: ComparisonRow): PreferencePair => ({
  prompt: { id: row.prompt_id, text: row.prompt, tokens: row.prompt_tokens },
  chosen: { text: row.chosen, tokens: row.chosen_tokens },
  rejected: { text: row.rejected, tokens: row.rejected_tokens },
  ...(row.preference !== undefined && { preference: row.preference }),
})

/** Tokens of the prompt with the longer of its responses. */
export const longestOf = ({ prompt, chosen, rejected }: PreferencePair): number =>
  prompt.tokens.length + Math.max(chosen.tokens.length, rejected.tokens.length)

/** Comparisons to learn from, and those to test on. */
export interface RunComparisons {
  readonly train: readonly PreferencePair[]
  readonly heldOut: readonly PreferencePair[]
}

const fileNames = { train: 'comparisons.jsonl', heldOut: 'held-out.jsonl' } as const

/** Writes comparisons into the directory of a stage, as rows that `prefkit data` reads too. */
export async function writeComparisonFiles(directory: string, comparisons: RunComparisons): Promise<void> {
  for (const part of ['train', 'heldOut'] as const) {
    await writeLines(join(directory, fileNames[part]), comparisons[part].map(rowOf))
  }
}

/** Reads what {@link writeComparisonFiles} wrote. */
export async function readComparisonFiles(directory: string): Promise<RunComparisons> {
  const read = async (part: keyof typeof fileNames): Promise<PreferencePair[]> =>
    (await readStageLines<ComparisonRow>(join(directory, fileNames[part]))).map(comparisonOf)
  return { train: await read('train'), heldOut: await read('heldOut') }
}
