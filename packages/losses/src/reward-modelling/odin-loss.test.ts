import { grad, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGoldens } from '../golden-rows'
import repositories from '../goldens/repositories.json'
import { bradleyTerryLoss, LossError, type OdinInputs, odinLoss } from '../index'

const rows = repositories.rows.filter((row) => row.loss === 'odin')
describeGoldens("against RLHFlow's ODIN, in f64", rows as never, (functions) => ({
  odin: (inputs, options) => functions.odinLoss(inputs as never, options),
}))

const f64 = (...values: number[]) => new Float64Array(values)
const inputs = {
  chosenRewards: f64(1, -0.5, 2),
  rejectedRewards: f64(0.2, 0.4, -1),
  chosenLengthRewards: f64(0.3, 0.8, -0.2),
  rejectedLengthRewards: f64(-0.7, 0.1, 0.9),
  chosenLengths: f64(120, 40, 300),
  rejectedLengths: f64(60, 90, 10),
} satisfies OdinInputs

describe('odinLoss', () => {
  it('without its correlations is Bradley–Terry of the sum of the heads', () => {
    const sum = (a: Float64Array, b: Float64Array) => a.map((x, i) => x + b[i]!)
    const chosen = sum(inputs.chosenRewards, inputs.chosenLengthRewards)
    const rejected = sum(inputs.rejectedRewards, inputs.rejectedLengthRewards)
    expect(odinLoss(inputs, { lengthWeight: 0 }).losses.data).toEqual(
      bradleyTerryLoss(chosen, rejected).losses.data,
    )
  })

  it('is least where one head is length itself and the other has nothing of it', () => {
    const heads = {
      chosenLengthRewards: f64(1, 2),
      rejectedLengthRewards: f64(3, 4),
      chosenLengths: f64(10, 20),
      rejectedLengths: f64(30, 40),
      chosenRewards: f64(1, -1),
      rejectedRewards: f64(-1, 1),
    }
    const { metrics } = odinLoss(heads)
    expect(metrics.length_loss1.item()).toBeCloseTo(0, 12)
    expect(metrics.length_loss2.item()).toBeCloseTo(0, 12)
  })

  it('its correlations see neither shift nor scale of rewards and lengths', () => {
    const before = odinLoss(inputs).metrics
    const scale = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
    const shift = fc.double({ min: -100, max: 100, noNaN: true })
    const whole = fc.integer({ min: 1, max: 100 })
    fc.assert(
      fc.property(scale, shift, whole, whole, (factor, shift, times, more) => {
        const moved = (x: Float64Array) => x.map((value) => factor * value + shift)
        const longer = (x: Float64Array) => x.map((value) => times * value + more)
        const { metrics } = odinLoss({
          ...inputs,
          chosenRewards: moved(inputs.chosenRewards),
          rejectedRewards: moved(inputs.rejectedRewards),
          chosenLengths: longer(inputs.chosenLengths),
          rejectedLengths: longer(inputs.rejectedLengths),
        })
        expect(metrics.length_loss1.item()).toBeCloseTo(before.length_loss1.item(), 6)
        expect(metrics.length_loss2.item()).toBeCloseTo(before.length_loss2.item(), 6)
      }),
    )
  })

  it('constant rewards or lengths have no correlation, and no gradient of one', () => {
    const constant = { chosenRewards: f64(0.1, 0.1, 0.1), rejectedRewards: f64(0.1, 0.1, 0.1) }
    const slope = (lengthWeight: number) => {
      const total = (chosenRewards: Tensor) =>
        reduceSum(odinLoss({ ...inputs, ...constant, chosenRewards }, { lengthWeight }).losses)
      return grad(total)<Tensor>(tensor(constant.chosenRewards)).data
    }
    expect(odinLoss({ ...inputs, ...constant }).metrics.length_loss2.item()).toBe(0)
    expect(slope(1)).toEqual(slope(0))
    const sameLengths = { chosenLengths: [5, 5, 5], rejectedLengths: [5, 5, 5] }
    expect(odinLoss({ ...inputs, ...sameLengths }).metrics.length_loss1.item()).toBe(1)
  })

  it('huge rewards do not overflow, infinite ones are a named error', () => {
    const scaled = (factor: number) => ({
      ...inputs,
      chosenRewards: inputs.chosenRewards.map((x) => factor * x),
      rejectedRewards: inputs.rejectedRewards.map((x) => factor * x),
    })
    expect(odinLoss(scaled(1e200)).metrics.length_loss2.item()).toBeCloseTo(
      odinLoss(inputs).metrics.length_loss2.item(),
      10,
    )
    const infinite = { ...inputs, chosenRewards: f64(Number.POSITIVE_INFINITY, 0, 0) }
    expect(() => odinLoss(infinite)).toThrow(/odinLoss: loss 0 is ∞ − ∞ .* infinite chosenRewards/)
  })

  it.each([-10, 0, 0.5, Number.NaN])('lengths of %s are refused', (length) => {
    for (const name of ['chosenLengths', 'rejectedLengths'] as const) {
      const act = () => odinLoss({ ...inputs, [name]: [5, length, 5] })
      expect(act).toThrow(`odinLoss: ${name}: expected a whole number in [1, Infinity), got ${length}`)
      expect(act).toThrow(LossError)
    }
  })

  it.each([
    ['λ below 0', () => odinLoss(inputs, { lengthWeight: -1 }), /lengthWeight: .* got -1/],
    ['lengths of other pairs', () => odinLoss({ ...inputs, chosenLengths: [1] }), /must all be \[B\]/],
    ['an input misspelt', () => odinLoss({ ...inputs, lengths: [1] } as never), /odinLoss: no input lengths/],
    ['an option misspelt', () => odinLoss(inputs, { weight: 1 } as never), /odinLoss: .*weight/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
