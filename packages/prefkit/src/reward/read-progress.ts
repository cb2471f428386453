import type { WorkOptions } from './progress'

/** Rows between two notices of progress. */
const interval = 1000

/** Passes what is read of files on: tells which they are at once, how many there were now and then and at the end. */
export async function* readProgress<Item>(
  items: AsyncIterable<Item>,
  files: readonly string[],
  { onProgress, signal }: WorkOptions,
): AsyncGenerator<Item> {
  const note = files.length > 1 ? `${files[0]} and ${files.length - 1} more` : files[0]
  let done = 0
  onProgress?.({ phase: 'read', done, note })
  for await (const item of items) {
    yield item
    done++
    if (done % interval > 0) continue
    signal?.throwIfAborted()
    onProgress?.({ phase: 'read', done, note })
  }
  onProgress?.({ phase: 'read', done, total: done, note })
}
