import { grad, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { plackettLuceLoss } from '../index'

const inf = Number.POSITIVE_INFINITY
const indeterminate = expect.objectContaining({ name: 'LossError', code: 'INDETERMINATE' })

describe('plackettLuceLoss of infinite rewards', () => {
  const of = (...rewards: number[]) => plackettLuceLoss([rewards]).losses.item()

  it('has the limits of Bradley–Terry for two', () => {
    expect([of(1, -inf), of(inf, 1), of(-inf, 1), of(1, inf)]).toEqual([0, 0, inf, inf])
    expect(of(inf, 1, 0)).toBeCloseTo(Math.log1p(Math.exp(-1)), 6)
    expect(of(1, 0, -inf)).toBeCloseTo(Math.log1p(Math.exp(-1)), 6)
  })

  it('asks for finite ones where two are alike, unless none of them counts', () => {
    expect(() => of(1, -inf, -inf)).toThrow(indeterminate)
    expect(() => of(inf, inf)).toThrow(indeterminate)
    expect(plackettLuceLoss([[1, -inf, -inf]], { top: 1 }).losses.item()).toBe(0)
  })

  it('has gradients', () => {
    const slopes = (rewards: number[], top?: number) =>
      grad((r: Tensor) => reduceSum(plackettLuceLoss(r, top ? { top } : {}).losses))<Tensor>(
        tensor([rewards]),
      ).toArray()
    expect(slopes([1, -inf])).toEqual([[0, 0]])
    expect(slopes([1, -inf, -inf], 1)).toEqual([[0, 0, 0]])
  })
})
