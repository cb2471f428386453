import { type TensorLike, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { bradleyTerryLoss, LossError, yesLogit } from '../index'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const logits: TensorLike = [
  [2, -1, 0.5],
  [-0.3, 0.8, 1.1],
]

describe('yesLogit', () => {
  it('one order alone: its cross-entropy is bradleyTerryLoss against zeros', () => {
    const z = yesLogit(tensor(logits, { dtype: 'f64' }), { yes: [0], no: [1, 2] })
    const labels = [1, 0.25]
    const { losses, metrics } = bradleyTerryLoss(z, new Float64Array(2), { preference: labels })
    labels.forEach((y, i) => {
      const yes = 1 / (1 + Math.exp(-z.data[i]!))
      const expected = -y * Math.log(yes) - (1 - y) * Math.log(1 - yes)
      expect(losses.data[i]).toBeCloseTo(expected, 12)
    })
    expect(metrics.accuracy.item()).toBe(1)
  })

  it.each([
    [{ yes: null, no: [1] }, 'yesLogit: yes: expected a list of token ids, got null'],
    [{}, 'yesLogit: yes: expected a list of token ids, got undefined'],
    [{ yes: '0', no: [1] }, 'yesLogit: yes: expected a list of token ids, got the string "0"'],
    [{ yes: [0.5], no: [1] }, 'yesLogit: yes: expected a whole number in [0, 3), got 0.5'],
    [{ yes: [nan], no: [1] }, 'yesLogit: yes: expected a whole number in [0, 3), got NaN'],
    [{ yes: [0], no: [-1] }, 'yesLogit: no: expected a whole number in [0, 3), got -1'],
    [{ yes: [0], no: [3] }, 'yesLogit: no: expected a whole number in [0, 3), got 3'],
    [{ yes: [0], no: ['1'] }, 'yesLogit: no: expected a whole number in [0, 3), got the string "1"'],
    [null, 'yesLogit: expected an object of the inputs yes, no, got null'],
  ])('refuses %j', (answers, message) => {
    const act = () => yesLogit(logits, answers as never)
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })

  it('infinite logits: the limit, and an error where both answers have them', () => {
    expect(yesLogit([inf, 0, -inf], { yes: [0], no: [1] }).item()).toBe(inf)
    expect(yesLogit([inf, 0, -inf], { yes: [1], no: [2] }).item()).toBe(inf)
    const both = () => yesLogit([-inf, 0, -inf], { yes: [0], no: [2] })
    expect(both).toThrow(expect.objectContaining({ code: 'INDETERMINATE' }))
  })
})
