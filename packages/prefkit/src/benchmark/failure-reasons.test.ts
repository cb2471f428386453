import { describe, expect, it } from 'vitest'
import { failureReasons, reasonLines } from './failure-reasons'

const of = (...errors: (string | undefined)[]) => failureReasons(errors.map((error) => ({ error })))

describe('failureReasons', () => {
  it('counts items by reason, the most frequent first', () => {
    const reasons = of('slow', undefined, 'cut', 'slow')
    expect(reasons).toEqual({
      most: [
        { reason: 'slow', items: 2 },
        { reason: 'cut', items: 1 },
      ],
      others: { reasons: 0, items: 0 },
    })
    expect(reasonLines(reasons)).toEqual(['2 items: slow', '1 item: cut'])
  })

  it('lists five and counts the rest, however many there are', () => {
    const own = Array.from({ length: 1200 }, (_, i) => `the prompt has ${i} tokens`)
    const reasons = of(...own, 'cut', 'cut', own[7])
    expect(reasons.most).toHaveLength(5)
    expect(reasons.most.slice(0, 2)).toEqual([
      { reason: own[7], items: 2 },
      { reason: 'cut', items: 2 },
    ])
    expect(reasons.others).toEqual({ reasons: 1196, items: 1196 })
    expect(reasonLines(reasons).at(-1)).toBe('1,196 items: 1,196 other reasons')
  })

  it('of nothing that failed are none', () => {
    expect(reasonLines(of(undefined))).toEqual([])
  })
})
