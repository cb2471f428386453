import { PrefkitError } from '../../prefkit-error'
import type { LoopPrompt } from './prompt'

const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

/**
 * Refuses what was made for another prompt of the same id: ids are often the numbers of rows, which change with the rows.
 * @param where that is kept, and what it is: `anchors.jsonl: anchors`.
 * @param text of the prompt that it was made for.
 * @throws PrefkitError `RUN_CHANGED`.
 */
export function requireSamePrompt(where: string, text: string, prompt: LoopPrompt): void {
  if (text === prompt.text) return
  const { id } = prompt
  const problem = `of prompt ${id} were made for ${quoted(text)}, and the prompt of this id is now ${quoted(prompt.text)}`
  const remedy = 'put the files of prompts back as they were, or begin a new run with those that you want'
  throw new PrefkitError('RUN_CHANGED', `${where} ${problem}: ${remedy}`)
}
