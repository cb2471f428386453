import { describe, expect, it } from 'vitest'
import * as evals from './index'
import * as quality from './judge-quality/index'

const pairs = [
  [2, 1, 0],
  [1, 2, 1],
] as const
const chances = [
  [0.2, 0.8],
  [0, 1],
] as const
const prompts = { scores: [[1, 2]], golden: [[1, 2]], n: [1] }

/** Public functions that take options, given some as plain JavaScript may give them. */
const calls: Readonly<Record<string, (options: never) => unknown>> = {
  bestOfNByPermutation: (options) => evals.bestOfNByPermutation(prompts, options),
  bootstrapInterval: (options) => evals.bootstrapInterval([1, 2], options),
  brierDecomposition: (options) => evals.brierDecomposition(...chances, options),
  calibrateComparisons: (options) => evals.calibrateComparisons(...pairs, options),
  orderConsistency: (options) => evals.orderConsistency(...pairs, options),
  pairwiseAccuracy: (options) => evals.pairwiseAccuracy(...pairs, options),
  reliability: (options) => evals.reliability(...chances, options),
}

/** Those that take them beside their columns. */
const withColumns: typeof calls = {
  bestOfN: (options) => evals.bestOfN({ ...prompts, ...(options as object) }),
  evaluateComparisons: (options) =>
    evals.evaluateComparisons({ chosenScores: pairs[0], rejectedScores: pairs[1], ...(options as object) }),
}

const refusal = (parameter: string, message: string) =>
  expect.objectContaining({ code: 'INVALID_OPTION', parameter, message: expect.stringContaining(message) })

describe.each(Object.entries({ ...calls, ...withColumns }))('%s', (owner, call) => {
  it('refuses an option that there is not', () => {
    expect(() => call({ resample: 9 } as never)).toThrow(
      refusal('resample', `${owner}: no option resample; expected one of `),
    )
    expect(() => call({ toString: 9 } as never)).toThrow(refusal('toString', 'no option toString'))
  })
})

describe.each(Object.entries(calls))('%s', (owner, call) => {
  it.each([
    [null, 'null'],
    [9, '9'],
    ['half', 'the string "half"'],
    [[9], '9'],
  ])('refuses %j in place of its options', (options, shown) => {
    const message = `${owner}: options is ${shown}; expected an object of the options `
    expect(() => call(options as never)).toThrow(refusal('options', message))
  })
})

/** What JavaScript may give in place of columns, lists and objects of them. */
const wrong: readonly (readonly unknown[])[] = [
  [],
  [null],
  [5],
  ['x'],
  [{}],
  [[1, 2]],
  [[1, 2], null],
  [[1, 2], 5],
  [{ x: [1] }],
  [() => 1],
  [[null]],
  [[1], [{}]],
  [{ scores: [[1]], n: [1] }],
  [{ scores: [[1]], golden: 5, n: [1] }],
  [{ chosenScores: [1], rejectedScores: [1], chosenLengths: [1] }],
]

const callables = Object.entries({ ...evals, ...quality }).filter(
  ([name, value]) => typeof value === 'function' && name !== 'EvalsError',
) as [string, (...given: readonly unknown[]) => unknown][]

describe.each(callables)('%s', (_, call) => {
  it.each(wrong.map((given) => ({ given })))('throws nothing but EvalsError of $given', ({ given }) => {
    let thrown: unknown
    try {
      call(...given)
    } catch (error) {
      thrown = error
    }
    expect(thrown === undefined || evals.EvalsError.isInstance(thrown), String(thrown)).toBe(true)
  })
})

it.each([
  [() => evals.pairwiseAccuracy(...([] as unknown as [[], []])), 'chosenScores', 'undefined'],
  [() => evals.kendallTau([1, 2], undefined as never), 'y', 'undefined'],
  [() => evals.bootstrapInterval(...([] as unknown as [[]])), 'values', 'undefined'],
  [() => evals.bootstrapInterval([1, 2], { groups: 5 as never }), 'groups', '5'],
  [() => evals.bootstrapInterval({ a: 1, b: 2 } as never), 'values', 'an object of a, b'],
  [() => evals.lengthBias(undefined as never), 'input', 'undefined'],
])('a list that is missing is named (%#)', (call, parameter, shown) => {
  expect(call).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      parameter,
      message: expect.stringContaining(`${parameter} is ${shown}; expected `),
    }),
  )
})

it('an object is shown by its fields', () => {
  expect(() => evals.wilsonInterval({ successes: 1, trials: 2 } as never, undefined as never)).toThrow(
    'successes is an object of successes, trials; expected a finite number',
  )
})
