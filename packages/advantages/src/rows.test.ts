import { describe, expect, it } from 'vitest'
import { discountedReturns } from './index'

describe('flags that are bytes', () => {
  it('are read in place, and not written to', () => {
    const shape = [1, 3] as const
    const memory = Uint8Array.of(7, 0, 0, 1, 0, 1, 0)
    const [terminated, truncated] = [memory.subarray(1, 4), memory.subarray(4, 7)]
    const got = discountedReturns({
      rewards: { data: Float64Array.of(1, 2, 4), shape },
      terminated: { data: terminated, shape },
      truncated: { data: truncated, shape },
      truncationValues: { data: Float64Array.of(0, 8, 0), shape },
    })
    expect(Array.from(got.data)).toEqual([1 + 2 + 8, 2 + 8, 4])
    expect(Array.from(memory)).toEqual([7, 0, 0, 1, 0, 1, 0])
  })

  it.each([0, 1, 2, 3])(
    'are refused where one is neither 0 nor 1, at any alignment: %i bytes from a word',
    (offset) => {
      for (let at = 0; at < 11; at++) {
        const mask = new Uint8Array(16).subarray(offset, offset + 11).fill(1)
        mask[at] = 2
        const rewards = { data: new Float64Array(11), shape: [1, 11] } as const
        const act = () => discountedReturns({ rewards, mask: { data: mask, shape: [1, 11] } })
        expect(act).toThrow(`mask[${at}] is 2; expected 0, 1 or a truth value`)
      }
    },
  )
})
