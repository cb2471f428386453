import { join } from 'node:path'
import { readLines } from '../../../runs/json-lines'
import { writeAtomic } from '../../../runs/write-atomic'
import type { LoopPrompt, LoopResponse } from '../../prompts/prompt'

/** A response to the prompt of this id. */
export interface DrawnResponse extends LoopResponse {
  readonly promptId: string
}

const fileName = 'responses.jsonl'

/** Writes responses into the directory of a stage. */
export const writeResponses = (directory: string, responses: readonly DrawnResponse[]): Promise<void> =>
  writeAtomic(join(directory, fileName), responses.map((row) => `${JSON.stringify(row)}\n`).join(''))

/** Reads what {@link writeResponses} wrote: the responses to these prompts, in their order. */
export async function readResponses(
  directory: string,
  prompts: readonly LoopPrompt[],
): Promise<(LoopResponse & { readonly prompt: LoopPrompt })[]> {
  const byId = Map.groupBy(
    await readLines<DrawnResponse>(join(directory, fileName)),
    ({ promptId }) => promptId,
  )
  return prompts.flatMap((prompt) =>
    (byId.get(prompt.id) ?? []).map(({ text, tokens }) => ({ prompt, text, tokens })),
  )
}
