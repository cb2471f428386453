/** Lets many wait until something changes. */
export interface Pulse {
  readonly changed: () => Promise<void>
  readonly notify: () => void
}

/** Who waits is woken by the next `notify` and looks for itself whether it was what it waits for. */
export function createPulse(): Pulse {
  let waiting: (() => void)[] = []
  return {
    changed: () => new Promise((resolve) => waiting.push(resolve)),
    notify: () => {
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
  }
}
