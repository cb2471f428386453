/** Keeps answers of models by key: in memory, on disk, or where you like. */
export interface AnswerCache {
  /** The value that was set, as plain JSON; undefined where there is none, or none that can be trusted. */
  readonly get: (key: string) => Promise<unknown>
  /** Keeps a value of plain JSON. It has been paid for: where this rejects, the answer is given all the same, with a warning. */
  readonly set: (key: string, value: unknown) => Promise<void>
}

/** A cache that ends with the process and has no bound. */
export function memoryCache(): AnswerCache {
  const values = new Map<string, unknown>()
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => {
      values.set(key, value)
    },
  }
}
