/** Counts tokens, and says how fast they come. */
export interface TokenRate {
  /** Tells how many there are now. */
  readonly note: (tokens: number) => string
}

const least = 0.2

/** A rate since now. */
export function tokenRate(): TokenRate {
  const start = performance.now()
  return {
    note: (tokens) => {
      const seconds = (performance.now() - start) / 1000
      const count = `${tokens.toLocaleString('en')} tokens`
      if (seconds < least) return count
      return `${count}, ${(tokens / seconds).toLocaleString('en', { maximumSignificantDigits: 3 })}/s`
    },
  }
}
