import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPauses } from './pauses'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

describe.each([
  ['setImmediate', () => {}],
  ['messages, as in pages', () => vi.stubGlobal('setImmediate', undefined)],
])('pauses by %s', (_name, prepare) => {
  it('let timers and events have their turn', async () => {
    prepare()
    let ticks = 0
    let messages = 0
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => messages++
    const timer = setInterval(() => ticks++, 1)
    const pause = createPauses()
    for (let i = 0; i < 8; i++) {
      port2.postMessage(i)
      work(20)
      await pause()
    }
    clearInterval(timer)
    port1.close()
    expect(ticks).toBeGreaterThanOrEqual(4)
    expect(messages).toBeGreaterThanOrEqual(4)
  })

  it('wait for no timer', async () => {
    prepare()
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const pause = createPauses()
    work(20)
    await pause()
    expect(timers).not.toHaveBeenCalled()
  })

  it('are left out while there was little work', async () => {
    prepare()
    let isTurn = false
    const pause = createPauses()
    setImmediateOf(() => {
      isTurn = true
    })
    await pause()
    expect(isTurn).toBe(false)
  })
})

/** Soon, whatever there is to say so with. */
const setImmediateOf = (work: () => void) => {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    work()
  }
  port2.postMessage(undefined)
}
