/** Rows that are asked for at once: between two such lots a signal stops. */
const chunkSize = 256

/** The answers to items, lot by lot, in their order. */
export async function inChunks<Item, Answer>(
  items: readonly Item[],
  ask: (chunk: readonly Item[]) => Promise<readonly Answer[]>,
  signal?: AbortSignal,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let start = 0; start < items.length; start += chunkSize) {
    signal?.throwIfAborted()
    answers.push(...(await ask(items.slice(start, start + chunkSize))))
  }
  return answers
}
