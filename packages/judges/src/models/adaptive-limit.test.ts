import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adaptiveLimit, type LimitPlace } from './adaptive-limit'

/** So many places, which must be free. */
const take = async (limit: ReturnType<typeof adaptiveLimit>, count: number): Promise<LimitPlace[]> =>
  Promise.all(Array.from({ length: count }, () => limit.acquire()))

test('it halves once for requests that were under way together, and not below 1', async () => {
  const limit = adaptiveLimit(8)
  for (const place of await take(limit, 8)) place.release('overloaded')
  expect(limit.limit()).toBe(4)
  for (const expected of [2, 1, 1]) {
    const [place] = await take(limit, 1)
    place!.release('overloaded')
    expect(limit.limit()).toBe(expected)
  }
})

test('it grows by one with each round of answers, to the concurrency', async () => {
  const limit = adaptiveLimit(6)
  const [overloaded] = await take(limit, 1)
  overloaded!.release('overloaded')
  expect(limit.limit()).toBe(3)
  const rounds: number[] = []
  for (let i = 0; i < 6; i++) {
    for (const place of await take(limit, limit.limit())) place.release('done')
    rounds.push(limit.limit())
  }
  // Each answer adds 1 / limit, so a round of n answers adds a little less than 1.
  expect(rounds[0]).toBeGreaterThanOrEqual(3)
  expect(rounds[1]).toBeGreaterThan(3)
  expect(rounds.at(-1)).toBe(6)
})

test('failures that are no overload change nothing, and a place is given back once', async () => {
  const limit = adaptiveLimit(2)
  const [place] = await take(limit, 2)
  place!.release('failed')
  place!.release('overloaded')
  expect([limit.limit(), limit.active()]).toEqual([2, 1])
})

test('those who wait are served in order, and one that is aborted leaves the queue', async () => {
  const limit = adaptiveLimit(1)
  const [held] = await take(limit, 1)
  const served: number[] = []
  const stop = new AbortController()
  const waiters = [0, 1, 2].map(async (i) => {
    const place = await limit.acquire(i === 1 ? stop.signal : undefined)
    served.push(i)
    place.release('done')
  })
  stop.abort(new Error('enough'))
  await expect(waiters[1]).rejects.toThrow('enough')
  held!.release('done')
  await Promise.all([waiters[0], waiters[2]])
  expect(served).toEqual([0, 2])
  expect(limit.active()).toBe(0)
})

test('during a pause nobody starts, and afterwards those who waited do', async () => {
  const limit = adaptiveLimit(2)
  const since = performance.now()
  limit.pause(80)
  limit.pause(10)
  await take(limit, 2)
  expect(performance.now() - since).toBeGreaterThanOrEqual(79)
})

test('whatever happens, never more than the limit are under way, and everyone is served', async () => {
  const outcome = fc.constantFrom('done', 'failed', 'overloaded' as const)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(outcome, { maxLength: 40 }),
      async (most, outcomes) => {
        const limit = adaptiveLimit(most)
        let served = 0
        await Promise.all(
          outcomes.map(async (each) => {
            const place = await limit.acquire()
            expect(limit.active()).toBeLessThanOrEqual(most)
            await Promise.resolve()
            served++
            place.release(each as 'done')
          }),
        )
        expect([served, limit.active()]).toEqual([outcomes.length, 0])
        expect(limit.limit()).toBeGreaterThanOrEqual(1)
      },
    ),
  )
})

test('a concurrency that is no number of places is refused', () => {
  for (const wrong of [0, 1.5, Number.NaN, '2' as unknown as number]) {
    expect(() => adaptiveLimit(wrong)).toThrow('concurrency is')
  }
})
