import { grad, reduceSum, type Tensor, type TensorLike, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bradleyTerryLoss,
  classificationLoss,
  davidsonLoss,
  hingeLoss,
  LossError,
  pairwiseJudgeLoss,
  raoKupperLoss,
  thurstoneLoss,
} from '../index'

const losses = { bradleyTerry: bradleyTerryLoss, classification: classificationLoss }

describe('bradleyTerryLoss', () => {
  const score = fc.double({ min: -50, max: 50, noNaN: true })
  const pairs = fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 8 })
  const columns = (rows: [number, number][], i: 0 | 1) => new Float64Array(rows.map((row) => row[i]))

  it('takes plain arrays, at once', () => {
    const { losses, metrics } = bradleyTerryLoss([2, 0], [1, 0])
    expectCloseF32(losses.toArray() as number[], [Math.log1p(Math.exp(-1)), Math.log(2)])
    expect(metrics.accuracy.item()).toBe(0.5)
    expect(metrics.margin.item()).toBe(0.5)
    expect(metrics.min_reward.item()).toBe(0)
    expect(metrics.mean_reward.item()).toBe(0.75)
    expect(metrics.max_reward.item()).toBe(2)
  })

  it('does not change when every reward is shifted', () => {
    fc.assert(
      fc.property(pairs, score, (rows, shift) => {
        const moved = rows.map(([a, b]): [number, number] => [a + shift, b + shift])
        const before = bradleyTerryLoss(columns(rows, 0), columns(rows, 1)).losses.data
        const after = bradleyTerryLoss(columns(moved, 0), columns(moved, 1)).losses.data
        // The shift rounds the scores at 2⁻⁵³ · 100 before the loss, whose slope is at most 1.
        before.forEach((value, i) => {
          expect(Math.abs(value - after[i]!)).toBeLessThan(1e-12)
        })
      }),
    )
  })

  it('is the same seen from the other side', () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 0, max: 1, noNaN: true }), score, (rows, preference, margin) => {
        const [a, b] = [columns(rows, 0), columns(rows, 1)]
        const here = bradleyTerryLoss(a, b, { preference, margin }).losses.data
        const there = bradleyTerryLoss(b, a, { preference: 1 - preference, margin: -margin }).losses.data
        here.forEach((value, i) => {
          expect(Math.abs(value - there[i]!)).toBeLessThan(1e-12 * Math.max(1, value))
        })
      }),
    )
  })

  it('is smallest where σ(difference) is the preference', () => {
    const optimum = Math.log(0.8 / 0.2)
    const total = (c: Tensor) =>
      reduceSum(bradleyTerryLoss(c, new Float64Array([0]), { preference: 0.8 }).losses)
    expect(Math.abs(grad(total)<Tensor>(tensor(new Float64Array([optimum]))).item())).toBeLessThan(1e-15)
  })
})

describe('options', () => {
  it.each(Object.entries(losses))('%s: are refused when it has none of that name', (name, loss) => {
    const refusal = (options: unknown) => () => loss([1], [0], options as object)
    const message = `${name}Loss: no option labelsmoothing; expected one of preference, labelSmoothing`
    const misspelt = { code: 'INVALID_OPTION', message: expect.stringContaining(message) }
    expect(refusal({ labelsmoothing: 0.1 })).toThrow(expect.objectContaining(misspelt))
    expect(refusal(0.1)).toThrow(`${name}Loss: expected an object of the options preference, labelSmoothing`)
    expect(refusal(null)).toThrow('got null')
  })
})

describe('accuracy and margin', () => {
  const all = Object.entries(losses)
  const score = fc.double({ min: -50, max: 50, noNaN: true })
  // Multiples of 1/64, of which 1 − p has no rounding.
  const share = fc.integer({ min: 0, max: 64 }).map((n) => n / 64)
  const pairs = fc.array(fc.tuple(score, score, share), { minLength: 1, maxLength: 8 })
  const figures = ({ metrics }: ReturnType<typeof bradleyTerryLoss | typeof classificationLoss>) =>
    Object.entries(metrics).map(([name, value]) => [name, value.item()] as const)

  it.each(all)('%s: are the same seen from the other side', (_, loss) => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [a, b, p] = [0, 1, 2].map((i) => new Float64Array(rows.map((row) => row[i]!)))
        const there = figures(loss(b!, a!, { preference: p!.map((x) => 1 - x) }))
        for (const [i, [name, value]] of figures(loss(a!, b!, { preference: p! })).entries()) {
          // What differs is the order of at most 16 additions of numbers up to 100.
          expect([name, Math.abs(value - there[i]![1]) < 1e-12]).toEqual([name, true])
        }
      }),
    )
  })

  it.each(all)('%s: follow the preference', (_, loss) => {
    const of = (preference: number | number[]) => {
      const { accuracy, margin } = loss([3, 1, 2, 4], [1, 2, 2, 1], { preference }).metrics
      return [accuracy.item(), margin.item()]
    }
    expect(of(1)).toEqual([0.5, 1])
    expect(of([0.9, 0.1, 0.8, 0.6])).toEqual([0.75, 1.5])
    expect(of(0.2)).toEqual([0.25, -1])
    // An even share says nothing: half right, and no margin.
    expect(of([0.5, 0.1, 0.5, 1])).toEqual([0.75, 1])
    expect(of(0.5)).toEqual([0.5, 0])
  })

  it('count responses on the side of 0 that the preference asks for', () => {
    const preference = [1, 0.2, 0.5]
    const { classification_accuracy: right } = classificationLoss([1, -1, 4], [1, -2, 4], {
      preference,
    }).metrics
    // Right of six: the first chosen and the second chosen; the pair without an order counts half.
    expect(right.item()).toBe(0.5)
  })
})

describe('what an option gives for each pair', () => {
  const [chosen, rejected] = [
    [1, 2],
    [0, 1],
  ]
  const broadcast = [[[1], [1]], [1, 1, 1], [1]]
  it.each([
    ['margin', (margin) => bradleyTerryLoss(chosen!, rejected!, { margin })],
    ['preference', (preference) => bradleyTerryLoss(chosen!, rejected!, { preference })],
    ['preference', (preference) => classificationLoss(chosen!, rejected!, { preference })],
    ['margin', (margin) => thurstoneLoss(chosen!, rejected!, { margin })],
    ['preference', (preference) => thurstoneLoss(chosen!, rejected!, { preference })],
    ['margin', (margin) => hingeLoss(chosen!, rejected!, { margin })],
    ['ties', (ties) => davidsonLoss(chosen!, rejected!, { ties })],
    ['prevalence', (prevalence) => davidsonLoss(chosen!, rejected!, { prevalence })],
    ['ties', (ties) => raoKupperLoss(chosen!, rejected!, { ties })],
    ['threshold', (threshold) => raoKupperLoss(chosen!, rejected!, { threshold })],
    ['preference', (preference) => pairwiseJudgeLoss(chosen!, rejected!, { preference })],
  ] as [string, (value: TensorLike) => { losses: Tensor }][])('%s #%#: is not broadcast', (name, of) => {
    for (const value of broadcast) {
      expect(() => of(value)).toThrow(`${name} must be a number or [2], one for each example, got`)
    }
    expect(of([1, 1]).losses.toArray()).toEqual(of(1).losses.toArray())
  })

  it('of one pair is not broadcast either', () => {
    const code = expect.objectContaining({ code: 'SHAPE_MISMATCH' })
    expect(() => bradleyTerryLoss([1], [0], { margin: [1, 2, 3] })).toThrow(code)
    expect(() => bradleyTerryLoss([1], [0], { preference: [1, 0, 1] })).toThrow(code)
    expect(() => davidsonLoss([1], [0], { ties: [0, 1] })).toThrow(code)
  })

  it('is within bounds, each number', () => {
    const bad = [0.5, 2]
    const wrong = /preference: expected a number in \[0, 1\], got 2/
    for (const loss of [bradleyTerryLoss, classificationLoss, thurstoneLoss, pairwiseJudgeLoss]) {
      expect(() => loss(chosen!, rejected!, { preference: bad })).toThrow(wrong)
    }
    expect(() => davidsonLoss(chosen!, rejected!, { ties: bad })).toThrow(/davidsonLoss: ties: .* got 2/)
    expect(() => raoKupperLoss(chosen!, rejected!, { threshold: [1, 0] })).toThrow(/threshold: .* got 0/)
  })

  it('metrics are as precise as the losses', () => {
    const [c, r] = [new Float64Array([1, 2, 0]), new Float64Array([0, 1, 1])]
    expect(bradleyTerryLoss(c, r).metrics.accuracy.item()).toBe(2 / 3)
    expect(bradleyTerryLoss(c, r, { preference: 0.9 }).metrics.accuracy.item()).toBe(2 / 3)
  })
})

const expectCloseF32 = (got: readonly number[], want: readonly number[]) => {
  want.forEach((value, i) => {
    expect(Math.abs(got[i]! - value)).toBeLessThan(1e-6)
  })
}

describe('bad input', () => {
  it.each([
    [
      'different lengths',
      () => bradleyTerryLoss([1, 2], [1]),
      /chosenRewards and rejectedRewards must both be \[B\], got \[2\] and \[1\]/,
    ],
    ['scalars', () => classificationLoss(1, 2), /classificationLoss: .* \[\] and \[\]/],
    [
      'label smoothing of ½',
      () => bradleyTerryLoss([1], [0], { labelSmoothing: 0.5 }),
      /labelSmoothing: .* got 0.5/,
    ],
    [
      'NaN label smoothing',
      () => bradleyTerryLoss([1], [0], { labelSmoothing: Number.NaN }),
      /labelSmoothing/,
    ],
    [
      'a preference that is no probability',
      () => bradleyTerryLoss([1], [0], { preference: 1.2 }),
      /preference: .* got 1.2/,
    ],
    [
      'no pairs',
      () => bradleyTerryLoss([], []),
      /bradleyTerryLoss: chosenRewards and rejectedRewards: .* got none/,
    ],
    [
      'no pairs',
      () => classificationLoss([], []),
      /classificationLoss: chosenLogits and rejectedLogits: .* got none/,
    ],
    [
      'a negative coefficient',
      () => bradleyTerryLoss([1], [0], { centeringCoefficient: -1 }),
      /centeringCoefficient/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })

  it('NaN rewards give NaN losses, not numbers', () => {
    expect(bradleyTerryLoss([Number.NaN], [0]).losses.item()).toBeNaN()
  })
})
