import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { adaptiveLimit } from './adaptive-limit'
import { sleep } from './backoff'
import { LONGEST_TIMER, startTimer } from './timer'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const months = LONGEST_TIMER * 2 + 5

test('a timer of months rings when they are over, once', () => {
  const ring = vi.fn()
  startTimer(months, ring)
  vi.advanceTimersByTime(months - 1)
  expect(ring).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(ring).toHaveBeenCalledOnce()
})

test('one that is stopped in a later month does not ring', () => {
  const ring = vi.fn()
  const timer = startTimer(months, ring)
  vi.advanceTimersByTime(LONGEST_TIMER + 1)
  timer.stop()
  vi.advanceTimersByTime(months)
  expect(ring).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})

test('a sleep and a pause of months are as long as they are said to be', async () => {
  const limit = adaptiveLimit(1)
  const done = vi.fn()
  limit.pause(months)
  sleep(months).then(() => done('slept'))
  limit.acquire().then(() => done('started'))
  await vi.advanceTimersByTimeAsync(months - 10)
  expect(done).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(20)
  expect(done.mock.calls.flat().sort()).toEqual(['slept', 'started'])
})

test('a pause that is no time is refused', () => {
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => adaptiveLimit(1).pause(wrong)).toThrow('milliseconds is')
  }
})
