import { bootstrapInterval, wilsonInterval } from '@prefkit/evals'
import { expect, it } from 'vitest'
import { shareOf } from './share-of'

const trials = (credits: readonly number[], groupOf: (i: number) => number) =>
  credits.map((credit, i) => ({ credit, group: `${groupOf(i)}` }))

it('has the interval of Wilson where each trial is of a prompt of its own', () => {
  const share = shareOf(
    trials([1, 0, 1, 1], (i) => i),
    0,
  )
  expect(share).toEqual({ value: 0.75, trials: 4, interval: wilsonInterval(3, 4) })
})

it('draws prompts where several trials are of one', () => {
  const credits = Array.from({ length: 60 }, (_, i) => Number(Math.floor(i / 10) % 3 > 0))
  const groups = credits.map((_, i) => `${Math.floor(i / 10)}`)
  const share = shareOf(
    trials(credits, (i) => Math.floor(i / 10)),
    3,
  )!
  expect(share.interval).toEqual(bootstrapInterval(credits, { groups, seed: 3 }))
  const { low, high } = wilsonInterval(40, 60)
  expect(share.interval.high - share.interval.low).toBeGreaterThan(high - low)
})

it('is never sure of what few prompts say alike', () => {
  const { interval } = shareOf(
    trials([1, 1, 1, 1], (i) => i >> 1),
    0,
  )!
  expect(interval).toEqual(wilsonInterval(2, 2))
  expect(interval.low).toBeLessThan(0.5)
})

it('is nothing without trials', () => {
  expect(shareOf([], 0)).toBeUndefined()
})
