import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { patientStop } from './patient-stop'

/** A step that goes on until it is told to end, or its signal comes. */
function longStep(signal: AbortSignal) {
  const ended = Promise.withResolvers<number>()
  signal.addEventListener('abort', () => ended.reject(signal.reason))
  return ended
}

it('stops at once what is no step', () => {
  const asked = new AbortController()
  const { signal } = patientStop(asked.signal, 1e6)
  expect(signal.aborted).toBe(false)
  asked.abort('asked')
  expect(signal.reason).toBe('asked')
  expect(patientStop(asked.signal, 1e6).signal.aborted).toBe(true)
})

it('lets a step end that ends soon, and stops another', async () => {
  for (const [seconds, isLet] of [
    [1e6, true],
    [0, false],
  ] as const) {
    const asked = new AbortController()
    const stop = patientStop(asked.signal, seconds)
    const step = longStep(stop.signal)
    let isFreed = false
    async function* steps() {
      try {
        yield await step.promise
      } finally {
        isFreed = true
      }
    }
    const first = stop.steps(steps()).next()
    first.catch(() => {})
    asked.abort('asked')
    await sleep(5)
    expect(stop.signal.aborted).toBe(!isLet)
    step.resolve(7)
    if (isLet) expect(await first).toEqual({ done: false, value: 7 })
    else await expect(first).rejects.toBe('asked')
    expect(isFreed).toBe(!isLet)
    expect(stop.signal.aborted).toBe(!isLet)
  }
})

it('listens no more once it is released', async () => {
  const { signal } = new AbortController()
  const stops = [patientStop(signal, 1), patientStop(signal, 1)]
  expect(getEventListeners(signal, 'abort')).toHaveLength(2)
  for (const stop of stops) stop.release()
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('frees the steps that nobody asks for', async () => {
  let isFreed = false
  async function* steps() {
    try {
      yield 1
      yield 2
    } finally {
      isFreed = true
    }
  }
  for await (const step of patientStop(undefined, 0).steps(steps())) {
    expect(step).toBe(1)
    break
  }
  expect(isFreed).toBe(true)
})
