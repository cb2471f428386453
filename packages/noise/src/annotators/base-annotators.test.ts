import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { expect, test } from 'vitest'
import { streamOf } from '../random/streams'
import { fiveErrors } from '../testing/sampling-error'
import { choiceContext } from './annotator'
import { annotatorPool } from './annotator-pool'
import { logisticAnnotator } from './logistic-annotator'
import { perfectAnnotator } from './perfect-annotator'
import { probitAnnotator } from './probit-annotator'
import { qualityAnnotator } from './quality-annotator'

const context = choiceContext()
const gumbel = (uniform: number) => -Math.log(-Math.log(uniform))
const draws = 400_000

test.each([0, 0.3, 1, 4])('σ(βΔ) at β = %d, both tails to the last digits', (beta) => {
  for (const delta of [-200, -30, -2, -0.1, 0, 0.4, 3, 30, 200]) {
    const { first, second, tie } = logisticAnnotator({ beta })(delta, context)
    const expected = 1 / (1 + Math.exp(-beta * delta))
    expect(Math.abs(first - expected)).toBeLessThanOrEqual(1e-15 * expected)
    expect(Math.abs(second - 1 / (1 + Math.exp(beta * delta)))).toBeLessThanOrEqual(1e-15 * second)
    expect(tie).toBe(0)
  }
})

test('utilities with Gumbel noise of scale 1/β choose as the logistic annotator does', () => {
  const [beta, delta] = [1.7, 0.6]
  const generator = streamOf(1)
  let first = 0
  for (let i = 0; i < draws; i++) {
    const [a, b] = [gumbel(uniformFloat64(generator)), gumbel(uniformFloat64(generator))]
    first += Number(delta + a / beta > b / beta)
  }
  const expected = logisticAnnotator({ beta })(delta, context).first
  expect(Math.abs(first / draws - expected)).toBeLessThan(fiveErrors(expected, draws))
})

test('utilities with Gaussian noise choose as the probit annotator does', () => {
  const [beta, delta] = [1.7, 0.6]
  const generator = streamOf(2)
  let first = 0
  for (let i = 0; i < draws; i++) {
    // Twelve uniforms less six are no normal; Marsaglia's polar method is, and it is not what the package draws with.
    let [x, y, square] = [0, 0, 0]
    do {
      x = 2 * uniformFloat64(generator) - 1
      y = 2 * uniformFloat64(generator) - 1
      square = x * x + y * y
    } while (square >= 1 || square === 0)
    const factor = Math.sqrt((-2 * Math.log(square)) / square) / (beta * Math.SQRT2)
    first += Number(delta + x * factor > y * factor)
  }
  const expected = probitAnnotator({ beta })(delta, context).first
  expect(Math.abs(first / draws - expected)).toBeLessThan(fiveErrors(expected, draws))
})

test('the probit annotator at 1.96 and 1', () => {
  expect(probitAnnotator({ beta: 1.96 })(1, context).first).toBeCloseTo(0.9750021048517795, 14)
  expect(probitAnnotator()(-1, context).first).toBeCloseTo(0.15865525393145707, 14)
})

test('the perfect annotator is right, and even-handed between equals', () => {
  const annotator = perfectAnnotator()
  expect(annotator(1e-300, context)).toEqual({ first: 1, second: 0, tie: 0 })
  expect(annotator(-1e-300, context)).toEqual({ first: 0, second: 1, tie: 0 })
  expect(annotator(0, context)).toEqual({ first: 0.5, second: 0.5, tie: 0 })
})

test('a quality function is the probability of being right, whichever is better', () => {
  const annotator = qualityAnnotator((delta) => (delta < 1 ? 0.6 : 0.9))
  expect(annotator(2, context).first).toBe(0.9)
  expect(annotator(-2, context).second).toBe(0.9)
  expect(annotator(-0.5, context).second).toBe(0.6)
  expect(annotator(0, context)).toEqual({ first: 0.5, second: 0.5, tie: 0 })
})

test('a pool answers as the annotator who is asked', () => {
  const pool = annotatorPool([logisticAnnotator({ beta: 0 }), perfectAnnotator()])
  expect(pool(3, choiceContext({ annotator: 0 })).first).toBe(0.5)
  expect(pool(3, choiceContext({ annotator: 1 })).first).toBe(1)
  expect(() => pool(3, choiceContext({ annotator: 2 }))).toThrow(
    'annotator is 2; the pool has annotators 0 to 1',
  )
  expect(() => annotatorPool([])).toThrow('annotators is empty')
})

test('bad options are refused by name', () => {
  expect(() => logisticAnnotator({ beta: -1 })).toThrow('beta is -1; expected a finite number of at least 0')
  expect(() => probitAnnotator({ beta: Number.NaN })).toThrow('beta is NaN')
  expect(() => logisticAnnotator({ Beta: 1 } as never)).toThrow(
    'logisticAnnotator: no Beta; expected one of beta',
  )
  expect(choiceContext({ time: 3 })).toEqual({
    ...{ index: 0, time: 3, annotator: 0, swapped: false },
    ...{ firstItem: Number.NaN, secondItem: Number.NaN, firstLength: Number.NaN, secondLength: Number.NaN },
    ...{ firstOwned: Number.NaN, secondOwned: Number.NaN },
  })
  expect(() => choiceContext({ item: 1 } as never)).toThrow('choiceContext: no item')
})
