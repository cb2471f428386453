/** Milliseconds of work after which timers and events get their turn: about one frame of a page. */
const BUDGET = 16

/** Gives way to the event loop, but not so often that it costs time. */
export function createPauses(): () => Promise<void> {
  let last = Date.now()
  return async () => {
    if (Date.now() - last < BUDGET) return
    await new Promise((resolve) => setTimeout(resolve, 0))
    last = Date.now()
  }
}
