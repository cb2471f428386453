/** Frees something. */
export type Close = () => void | Promise<void>

/** What was opened one after the other, to be freed together. */
export interface Closers {
  readonly add: (close: Close) => void
  /**
   * Frees all, those opened last first, whatever goes wrong with any; a second time, what was added since.
   * @throws the first error.
   */
  readonly close: () => Promise<void>
}

/** Takes what is to be freed. @param opened what is open, from what was opened first on. */
export function closers(...opened: Close[]): Closers {
  return {
    add: (close) => void opened.push(close),
    async close() {
      const errors: unknown[] = []
      for (const close of opened.splice(0).toReversed()) {
        try {
          await close()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}

/**
 * Releases what was opened when the work on it fails.
 * @throws what the work throws, whatever else goes wrong: it came first.
 */
export async function releasedOnError<Result>(
  { release }: { release(): Promise<void> },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    await release().catch(() => {})
    throw error
  }
}
