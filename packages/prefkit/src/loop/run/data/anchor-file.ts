import { join } from 'node:path'
import { readLines } from '../../../runs/json-lines'
import { writeAtomic } from '../../../runs/write-atomic'
import type { Anchor, LoopPrompt } from '../../prompts/prompt'
import type { StageResult } from '../driver/stage'

/** What responses to a prompt are to beat, as it is written. */
interface AnchorRow {
  readonly prompt_id: string
  readonly prompt: string
  readonly anchors: readonly Anchor[]
}

const fileName = 'anchors.jsonl'

/** Writes the anchors of prompts into the directory of a stage. */
export function writeAnchors(directory: string, prompts: readonly LoopPrompt[]): Promise<void> {
  const rows = prompts.map(({ id, text, anchors = [] }): AnchorRow => {
    const kept = anchors.map((anchor) => ({ text: anchor.text, tokens: Array.from(anchor.tokens) }))
    return { prompt_id: id, prompt: text, anchors: kept }
  })
  return writeAtomic(join(directory, fileName), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

/** Prompts with the anchors that the run has found for them; as they are where it has none. */
export async function withAnchors(
  prompts: readonly LoopPrompt[],
  results: ReadonlyMap<string, StageResult>,
): Promise<readonly LoopPrompt[]> {
  const found = results.get('anchors')
  if (!found) return prompts
  const rows = await readLines<AnchorRow>(join(found.path, fileName))
  const byId = new Map(rows.map(({ prompt_id, anchors }) => [prompt_id, anchors]))
  return prompts.map((prompt) => {
    const anchors = byId.get(prompt.id)
    return anchors ? { ...prompt, anchors } : prompt
  })
}
