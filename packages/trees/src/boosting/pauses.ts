/** Milliseconds of work after which timers and events get their turn: about one frame of a page. */
const BUDGET = 16

/** A message to oneself comes after what has waited longer; a timer in a page would wait 4 ms. */
function messageToOneself(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

/** `setImmediate` where there is one: in Node a timer waits for a millisecond at least. */
function turnOfOthers(): Promise<void> {
  if (typeof setImmediate !== 'function') return messageToOneself()
  return new Promise((resolve) => setImmediate(resolve))
}

/** Gives way to the event loop, but not so often that it costs time. */
export function createPauses(): () => Promise<void> {
  let last = Date.now()
  return async () => {
    if (Date.now() - last < BUDGET) return
    await turnOfOthers()
    last = Date.now()
  }
}
