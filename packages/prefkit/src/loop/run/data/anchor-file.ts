import { join } from 'node:path'
import { readStageLines, writeLines } from '../../../runs/json-lines'
import type { Anchor, LoopPrompt } from '../../prompts/prompt'
import { requireSamePrompt } from '../../prompts/require-same-prompt'
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
  return writeLines(join(directory, fileName), rows)
}

/**
 * Prompts with the anchors that the run has found for them; as they are where it has none.
 * @throws PrefkitError `RUN_CHANGED` where these were found for another prompt of the same id.
 */
export async function withAnchors(
  prompts: readonly LoopPrompt[],
  results: ReadonlyMap<string, StageResult>,
): Promise<readonly LoopPrompt[]> {
  const found = results.get('anchors')
  if (!found) return prompts
  const file = join(found.path, fileName)
  const rows = await readStageLines<AnchorRow>(file)
  const byId = new Map(rows.map((row) => [row.prompt_id, row]))
  return prompts.map((prompt) => {
    const row = byId.get(prompt.id)
    if (!row) return prompt
    requireSamePrompt(`${file}: anchors`, row.prompt, prompt)
    return { ...prompt, anchors: row.anchors }
  })
}
