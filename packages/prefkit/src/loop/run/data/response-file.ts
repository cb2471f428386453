import { join } from 'node:path'
import { readStageLines, writeLines } from '../../../runs/json-lines'
import type { LoopPrompt, LoopResponse } from '../../prompts/prompt'
import { requireSamePrompt } from '../../prompts/require-same-prompt'

/** A response to the prompt of this id and text. */
export interface DrawnResponse extends LoopResponse {
  readonly promptId: string
  readonly prompt: string
}

const fileName = 'responses.jsonl'

/** Writes responses into the directory of a stage. */
export const writeResponses = (directory: string, responses: readonly DrawnResponse[]): Promise<void> =>
  writeLines(join(directory, fileName), responses)

/**
 * Reads what {@link writeResponses} wrote: the responses to these prompts, in their order.
 * @throws PrefkitError `RUN_CHANGED` where these are to another prompt of the same id.
 */
export async function readResponses(
  directory: string,
  prompts: readonly LoopPrompt[],
): Promise<(LoopResponse & { readonly prompt: LoopPrompt })[]> {
  const file = join(directory, fileName)
  const byId = Map.groupBy(await readStageLines<DrawnResponse>(file), ({ promptId }) => promptId)
  return prompts.flatMap((prompt) =>
    (byId.get(prompt.id) ?? []).map(({ prompt: asked, text, tokens }) => {
      requireSamePrompt(`${file}: responses`, asked, prompt)
      return { prompt, text, tokens }
    }),
  )
}
