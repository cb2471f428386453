import { tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { perExample } from './batch'
import {
  LossError,
  requireChoice,
  requireInputs,
  requireNonNegative,
  requirePositive,
  requireShare,
  requireWithin,
} from './loss-error'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

describe('numbers out of bounds are refused by function, parameter and value', () => {
  it.each([
    [
      () => requireShare('f', 'x', 1 + Number.EPSILON),
      'f: x: expected a number in [0, 1], got 1.0000000000000002',
    ],
    [() => requireShare('f', 'x', nan), 'f: x: expected a number in [0, 1], got NaN'],
    [() => requireNonNegative('f', 'x', -1), 'f: x: expected a number in [0, Infinity), got -1'],
    [() => requireNonNegative('f', 'x', inf), 'f: x: expected a number in [0, Infinity), got Infinity'],
    [() => requirePositive('f', 'x', 0), 'f: x: expected a number in (0, Infinity), got 0'],
    [() => requireWithin('f', 'x', 2, { above: 0, to: 1 }), 'f: x: expected a number in (0, 1], got 2'],
    [
      () => requireWithin('f', 'x', -inf, {}),
      'f: x: expected a number in (-Infinity, Infinity), got -Infinity',
    ],
    [
      () => requireWithin('f', 'x', '1' as never, { from: 0 }),
      'f: x: expected a number in [0, Infinity), got the string',
    ],
    [() => requireChoice('f', 'x', 'c', ['a', 'b']), 'f: x: expected one of a, b, got the string "c"'],
  ])('%#', (act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(act).toThrow(LossError)
  })

  it('the ends that belong to an interval do', () => {
    for (const value of [0, 1]) requireShare('f', 'x', value)
    requireNonNegative('f', 'x', 0)
    requireWithin('f', 'x', 1, { above: 0, to: 1 })
  })
})

it('inputs misspelt are refused', () => {
  const names = { logprobs: true, mask: true }
  requireInputs('f', { mask: 1 }, names)
  expect(() => requireInputs('f', { masks: 1 } as object, names)).toThrow(
    'f: no input masks; expected one of logprobs, mask',
  )
  expect(() => requireInputs('f', [1] as object, names)).toThrow(
    'f: expected an object of the inputs logprobs',
  )
})

describe('perExample', () => {
  const like = tensor([1, 2], { dtype: 'f64' })

  it('is a number or one for each, of the dtype of the losses', () => {
    expect(perExample('f', 'x', 0.1, like).item()).toBe(0.1)
    expect(perExample('f', 'x', [0.1, 0.2], like).toArray()).toEqual([0.1, 0.2])
    expect(perExample('f', 'x', new Float32Array([1, 2]), like).dtype).toBe('f64')
  })

  it.each([
    [[[1], [2]], '[2,1]'],
    [[1, 2, 3], '[3]'],
    [[1], '[1]'],
  ])('refuses what would be broadcast: %j', (value, shape) => {
    expect(() => perExample('f', 'x', value, like)).toThrow(
      `f: x must be a number or [2], one for each example, got ${shape}`,
    )
  })

  it('looks at each number', () => {
    const share = { from: 0, to: 1 }
    expect(() => perExample('f', 'x', [0.5, 2], like, share)).toThrow(
      'f: x: expected a number in [0, 1], got 2',
    )
    expect(() => perExample('f', 'x', tensor([nan, 0]), like, share)).toThrow('got NaN')
  })
})
