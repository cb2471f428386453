/** Measures the parts of a step. */
export function stopwatch() {
  const seconds: Record<string, number> = {}
  return {
    seconds,
    /** Does something, and adds the time it took to the part of that name. */
    async time<T>(part: string, work: () => Promise<T>): Promise<T> {
      const start = performance.now()
      try {
        return await work()
      } finally {
        seconds[part] = (seconds[part] ?? 0) + (performance.now() - start) / 1000
      }
    },
  }
}
