/**
 * Does some work for each item, so much at once, and gives the results in order. Where one fails, no further one is begun and
 * the signal that the others were given tells them; only when all have ended is the first failure thrown, or the signal's reason.
 */
export async function runSome<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const controller = new AbortController()
  const own = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal
  const results: Result[] = []
  const failures: unknown[] = []
  let next = 0
  async function worker(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      const at = next++
      try {
        own.throwIfAborted()
        results[at] = await work(items[at]!, own)
      } catch (failure) {
        failures.push(failure)
        controller.abort(failure)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  // What others throw on an abort is of their own making.
  if (failures.length > 0) throw signal?.aborted ? signal.reason : failures[0]
  return results
}
