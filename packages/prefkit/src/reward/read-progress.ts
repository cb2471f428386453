import type { WorkOptions } from './progress'

/** Rows between two notices of progress. */
const interval = 1000

/** Passes comparisons on, telling now and then how many there were. */
export async function* readProgress<Item>(
  items: AsyncIterable<Item>,
  { onProgress, signal }: WorkOptions,
): AsyncGenerator<Item> {
  let done = 0
  for await (const item of items) {
    yield item
    done++
    if (done % interval > 0) continue
    signal?.throwIfAborted()
    onProgress?.({ phase: 'read', done })
  }
}
