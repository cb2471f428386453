import type { FileHandle } from 'node:fs/promises'

/** Appends lines to a file. */
export interface LineWriter {
  /** Resolves when the line is with the operating system, so that a kill of this process cannot lose it. */
  readonly append: (line: string) => Promise<void>
  /** Waits for what is being written, and syncs. */
  readonly finish: () => Promise<void>
}

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** How long lines may wait to be synced while others follow. */
const syncMilliseconds = 1000

/**
 * Writes what has come together while the write before was under way, as one write. The disk is synced with the first
 * write a second or more after the last sync, and at the end: only a crash of the machine loses what was not. After a
 * failed write nothing more is written, since half a line may stand at the end.
 * @param handle opened to append.
 */
export function writeLines(handle: FileHandle): LineWriter {
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let syncedAt = performance.now()
  let failure: { error: unknown } | undefined

  const writeBatch = async (batch: readonly Waiting[]) => {
    if (failure) throw failure.error
    await handle.appendFile(batch.map(({ line }) => line).join(''))
    if (performance.now() - syncedAt < syncMilliseconds) return
    await handle.datasync()
    syncedAt = performance.now()
  }
  const writeAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await writeBatch(batch)
        for (const { resolve } of batch) resolve()
      } catch (error) {
        failure ??= { error }
        for (const { reject } of batch) reject(error)
      }
    }
    writing = undefined
  }
  return {
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ line, resolve, reject })
        writing ??= writeAll()
      }),
    finish: async () => {
      await writing
      await handle.datasync()
    },
  }
}
