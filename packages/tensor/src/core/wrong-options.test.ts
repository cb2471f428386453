import { expect, it } from 'vitest'
import { type OptionNames, wrongOptions } from './wrong-options'

interface Options {
  axis?: number
  keepDims?: boolean
}

const names: OptionNames<Options> = { axis: true, keepDims: true }

it.each([
  [{}, undefined],
  [{ axis: 0, keepDims: undefined }, undefined],
  [{ axes: 0 }, 'no option axes; expected one of axis, keepDims'],
  [{ toString: 0 }, 'no option toString; expected one of axis, keepDims'],
  [null, 'expected an object of the options axis, keepDims, got null'],
  [[0], 'expected an object of the options axis, keepDims, got [0]'],
  ['axis', 'expected an object of the options axis, keepDims, got the string "axis"'],
])('says what is wrong with %j', (options, expected) => {
  expect(wrongOptions<Options>(options as object, names)).toBe(expected)
})

it('takes no list of names that leaves one out', () => {
  const options: Options = { keepDims: true }
  // @ts-expect-error keepDims is missing
  expect(wrongOptions(options, { axis: true })).toBe('no option keepDims; expected one of axis')
})
