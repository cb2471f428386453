import { describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../core/tensor'
import { reduceSum } from '../primitives/reduce-sum'
import { grad } from '../transforms/grad'
import { softmax } from './activations'
import { logSumExp, mean, variance } from './reduce'
import { clip, full, isFinite, oneHot, sort } from './select'

const inf = Number.POSITIVE_INFINITY

describe('plain numbers and arrays, at once', () => {
  it('select', () => {
    expect(clip([-5, 0.5, 5], -1, 1).toArray()).toEqual([-1, 0.5, 1])
    expect(clip([Number.NaN], -1, 1).toArray()).toEqual([Number.NaN])
    expect(sort([3, Number.NaN, 1], -1, { descending: true }).toArray()).toEqual([Number.NaN, 3, 1])
    expect(oneHot([[0, 2]], 3).toArray()).toEqual([
      [
        [1, 0, 0],
        [0, 0, 1],
      ],
    ])
    expect(full([2], 1.5).toArray()).toEqual([1.5, 1.5])
    expect(isFinite([1, inf, Number.NaN]).toArray()).toEqual([true, false, false])
    expect(isFinite([true]).toArray()).toEqual([true])
  })

  it('reduce, with the edges defined', () => {
    expect(logSumExp([-inf, -inf]).item()).toBe(-inf)
    expect(logSumExp([inf, 1]).item()).toBe(inf)
    expect(mean([]).item()).toBeNaN()
    expect(variance([3]).item()).toBe(0)
    expect(variance([3], { correction: 1 }).item()).toBeNaN()
    expect(softmax([-inf, -inf]).toArray()).toEqual([Number.NaN, Number.NaN])
    expect(softmax([-inf, 0]).toArray()).toEqual([0, 1])
  })

  it('clip passes the gradient strictly between the bounds', () => {
    const g = grad((x: Tensor) => reduceSum(clip(x, -1, 1)))(tensor([-2, -1, 0, 1, 2]))
    expect(g.toArray()).toEqual([0, 0, 1, 0, 0])
  })

  it.each([-1, 1.5])('oneHot refuses %d classes', (classes) => {
    expect(() => oneHot([0], classes)).toThrow(/classes: expected a whole number of at least 0/)
  })
})
