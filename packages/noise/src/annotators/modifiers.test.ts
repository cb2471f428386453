import { sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fiveErrors, shareOf } from '../testing/sampling-error'
import { type Annotator, type ChoiceContext, choiceContext, type Modifier } from './annotator'
import { composeAnnotator } from './compose-annotator'
import { logisticAnnotator } from './logistic-annotator'
import { perfectAnnotator } from './perfect-annotator'
import { probitAnnotator } from './probit-annotator'
import { simulateAnnotations } from './simulate-annotations'
import { withAbility } from './with-ability'
import { withCycles } from './with-cycles'
import { withFatigue } from './with-fatigue'
import { withLengthBias } from './with-length-bias'
import { withPersonalBias } from './with-personal-bias'
import { withPositionBias } from './with-position-bias'
import { withRandomFlips } from './with-random-flips'
import { withSelfPreference } from './with-self-preference'
import { withTies } from './with-ties'
import { withWorstCaseFlips } from './with-worst-case-flips'

const logistic = logisticAnnotator()
const ask = (modifier: Modifier, delta: number, given: Partial<ChoiceContext> = {}, base = logistic) =>
  composeAnnotator(base, modifier)(delta, choiceContext(given))

/** Each row: what is asked, and the σ argument that the equation in the docstring gives. */
const shifts: [string, Modifier, number, Partial<ChoiceContext>, number][] = [
  ['ability', withAbility({ ability: 2 }), 0.7, {}, 1.4],
  ['ability of one of several', withAbility({ ability: [2, -1] }), 0.7, { annotator: 1 }, -0.7],
  ['position', withPositionBias({ strength: 0.3 }), 0.7, {}, 1],
  ['position, swapped', withPositionBias({ strength: 0.3 }), 0.7, { swapped: true }, 0.4],
  [
    'length',
    withLengthBias({ strength: 0.5 }),
    0.7,
    { firstLength: 10, secondLength: 40 },
    0.7 - 0.5 * Math.log(4),
  ],
  [
    'length difference',
    withLengthBias({ strength: 0.5, measure: 'difference' }),
    0.7,
    { firstLength: 3, secondLength: 1 },
    1.7,
  ],
  ['own first', withSelfPreference({ strength: 0.2 }), 0.7, { firstOwned: 1, secondOwned: 0 }, 0.9],
  ['own second', withSelfPreference({ strength: 0.2 }), 0.7, { firstOwned: 0, secondOwned: 1 }, 0.5],
  ['both own', withSelfPreference({ strength: 0.2 }), 0.7, { firstOwned: 1, secondOwned: 1 }, 0.7],
  ['fatigue at the start', withFatigue({ halfLife: 10 }), 0.8, { time: 0 }, 0.8],
  ['fatigue after a half-life', withFatigue({ halfLife: 10 }), 0.8, { time: 10 }, 0.4],
  ['fatigue down to a floor', withFatigue({ halfLife: 10, floor: 0.5 }), 0.8, { time: 20 }, 0.5],
  ['cycle', withCycles({ strength: 1 }), 0.1, { firstItem: 1, secondItem: 0 }, 0.1 + Math.sqrt(3) / 2],
  [
    'cycle by phases',
    withCycles({ strength: 2, phases: [0, Math.PI / 2] }),
    0.1,
    { firstItem: 0, secondItem: 1 },
    -1.9,
  ],
]

test.each(shifts)('%s is as its equation says', (_, modifier, delta, given, argument) => {
  expect(ask(modifier, delta, given).first).toBeCloseTo(sigmoid(argument), 14)
})

test('random flips mix the two answers and leave ties', () => {
  const base: Annotator = () => ({ first: 0.6, second: 0.3, tie: 0.1 })
  const { first, second, tie } = ask(withRandomFlips({ rate: 0.2 }), 1, {}, base)
  expect([first, second]).toEqual([0.8 * 0.6 + 0.2 * 0.3, 0.8 * 0.3 + 0.2 * 0.6])
  expect(tie).toBe(0.1)
})

test('worst-case flips make wrong what is far apart, and only that', () => {
  const modifier = withWorstCaseFlips({ above: 2 })
  expect(ask(modifier, 2)).toEqual({ first: 0, second: 1, tie: 0 })
  expect(ask(modifier, -5)).toEqual({ first: 1, second: 0, tie: 0 })
  expect(ask(modifier, 1.9)).toEqual(logistic(1.9, choiceContext()))
  expect(ask(withWorstCaseFlips({ above: 0 }), 0).first).toBe(0.5)
})

test('ties are Rao and Kupper’s around the logistic annotator', () => {
  const [beta, threshold, delta] = [2, 0.4, 0.7]
  const [strong, weak, theta] = [Math.exp(beta * delta), 1, Math.exp(beta * threshold)]
  const { first, second, tie } = ask(withTies({ threshold }), delta, {}, logisticAnnotator({ beta }))
  expect(first).toBeCloseTo(strong / (strong + theta * weak), 14)
  expect(second).toBeCloseTo(weak / (weak + theta * strong), 14)
  const product = (strong + theta * weak) * (weak + theta * strong)
  expect(tie).toBeCloseTo((strong * weak * (theta ** 2 - 1)) / product, 14)
})

test('ties are what a noisy utility difference within the threshold gives', () => {
  const count = 200_000
  const annotator = composeAnnotator(probitAnnotator(), withTies({ threshold: 0.5 }))
  const deltas = new Float64Array(count).fill(0.3)
  const labels = simulateAnnotations(deltas, annotator, { seed: 5 })
  // Biases of many annotators, each asked once: their difference is standard normal.
  const noise = withPersonalBias({ distribution: 'gaussian', seed: 6 })(perfectAnnotator())
  const perceived = (threshold: number) =>
    Array.from(
      { length: count },
      (_, annotatorId) =>
        noise(0.3 + threshold, choiceContext({ annotator: annotatorId, firstItem: 0, secondItem: 1 })).first,
    )
  const first = shareOf(1, perceived(-0.5))
  const second = shareOf(0, perceived(0.5))
  expect(Math.abs(shareOf(1, labels) - first)).toBeLessThan(Math.SQRT2 * fiveErrors(first, count))
  expect(Math.abs(shareOf(-1, labels) - second)).toBeLessThan(Math.SQRT2 * fiveErrors(second, count))
})

test('ties around answers that are turned around are refused', () => {
  const wrong = composeAnnotator(logistic, withAbility({ ability: -1 }), withTies({ threshold: 0.5 }))
  expect(() => wrong(0, choiceContext({ index: 3 }))).toThrow(
    /annotator of comparison 3 is less likely to choose/,
  )
  const right = composeAnnotator(logistic, withTies({ threshold: 0.5 }), withAbility({ ability: -1 }))
  expect(right(0, choiceContext()).tie).toBeGreaterThan(0)
})

test.each([
  ['gumbel', (x: number) => logistic(x, choiceContext()).first],
  ['gaussian', (x: number) => probitAnnotator()(x, choiceContext()).first],
] as const)('%s biases: over annotators the difference has its distribution', (distribution, expectedAt) => {
  const count = 100_000
  for (const [delta, scale] of [
    [0, 1],
    [1, 2],
    [-1.5, 1],
  ] as const) {
    const annotator = withPersonalBias({ distribution, scale, seed: 9 })(perfectAnnotator())
    let first = 0
    for (let id = 0; id < count; id++) {
      first += annotator(delta, choiceContext({ annotator: id, firstItem: 4, secondItem: 17 })).first
    }
    const expected = expectedAt(delta / scale)
    expect(Math.abs(first / count - expected)).toBeLessThan(fiveErrors(expected, count))
  }
})

test('biases are personal: an annotator sees a pair always alike, and never in circles', () => {
  const annotator = withPersonalBias({ seed: 2 })(perfectAnnotator())
  const better = (id: number, a: number, b: number) =>
    annotator(0, choiceContext({ annotator: id, firstItem: a, secondItem: b })).first
  let differ = 0
  for (let id = 0; id < 500; id++) {
    expect(better(id, 0, 1)).toBe(1 - better(id, 1, 0))
    const wins = [better(id, 0, 1), better(id, 1, 2), better(id, 2, 0)]
    expect([1, 2]).toContain(wins.reduce((sum, win) => sum + win))
    differ += better(id, 0, 1)
  }
  expect(differ).toBeGreaterThan(150)
  expect(differ).toBeLessThan(350)
})

test('preferences in circles are no scores’ preferences', () => {
  const annotator = withCycles({ strength: 3 })(logistic)
  const wins = (a: number, b: number) => annotator(0, choiceContext({ firstItem: a, secondItem: b })).first
  expect([wins(1, 0), wins(2, 1), wins(0, 2)].every((p) => p > 0.9)).toBe(true)
})

const strength = fc.double({ min: -2, max: 2, noNaN: true })
const anyModifier: fc.Arbitrary<Modifier> = fc.oneof(
  strength.map((ability) => withAbility({ ability })),
  strength.map((s) => withPositionBias({ strength: s })),
  strength.map((s) => withLengthBias({ strength: s })),
  strength.map((s) => withSelfPreference({ strength: s })),
  strength.map((s) => withCycles({ strength: s, length: 5 })),
  fc.double({ min: 0, max: 1, noNaN: true }).map((rate) => withRandomFlips({ rate })),
  fc.double({ min: 0, max: 3, noNaN: true }).map((above) => withWorstCaseFlips({ above })),
  fc.double({ min: 1, max: 99, noNaN: true }).map((halfLife) => withFatigue({ halfLife, floor: 0.1 })),
  fc.integer().map((seed) => withPersonalBias({ seed })),
)
const anyAnnotator = fc
  .tuple(
    fc.constantFrom(logistic, probitAnnotator({ beta: 0.4 }), perfectAnnotator()),
    fc.double({ min: 0, max: 1, noNaN: true }).map((threshold) => withTies({ threshold })),
    fc.array(anyModifier, { maxLength: 5 }),
  )
  .map(([base, ties, modifiers]) => composeAnnotator(base, ties, ...modifiers))
const anyContext = fc.record({
  time: fc.nat(1000),
  annotator: fc.nat(50),
  swapped: fc.boolean(),
  firstItem: fc.nat(50),
  secondItem: fc.nat(50),
  firstLength: fc.integer({ min: 1, max: 999 }),
  secondLength: fc.integer({ min: 1, max: 999 }),
  firstOwned: fc.constantFrom(0, 1),
  secondOwned: fc.constantFrom(0, 1),
})

test('whatever is composed: three probabilities that add up to one, the same when the pair is turned around', () => {
  fc.assert(
    fc.property(
      anyAnnotator,
      anyContext,
      fc.double({ min: -20, max: 20, noNaN: true }),
      (annotator, given, delta) => {
        const there = annotator(delta, choiceContext(given))
        for (const p of [there.first, there.second, there.tie]) expect(p).toBeGreaterThanOrEqual(0)
        expect(there.first + there.second + there.tie).toBeCloseTo(1, 12)
        const turned = choiceContext({
          ...given,
          swapped: !given.swapped,
          firstItem: given.secondItem,
          secondItem: given.firstItem,
          firstLength: given.secondLength,
          secondLength: given.firstLength,
          firstOwned: given.secondOwned,
          secondOwned: given.firstOwned,
        })
        const back = annotator(-delta, turned)
        expect(back.first).toBeCloseTo(there.second, 12)
        expect(back.second).toBeCloseTo(there.first, 12)
        expect(back.tie).toBeCloseTo(there.tie, 12)
        expect(annotator(delta, choiceContext(given))).toEqual(there)
      },
    ),
    { numRuns: 500 },
  )
})

test('shifts commute; a later ability leaves alone what earlier modifiers add', () => {
  const [position, own] = [withPositionBias({ strength: 0.3 }), withSelfPreference({ strength: 0.5 })]
  const context = choiceContext({ firstOwned: 1, secondOwned: 0 })
  const one = composeAnnotator(logistic, position, own)(0.2, context)
  const other = composeAnnotator(logistic, own, position)(0.2, context)
  expect(one.first).toBeCloseTo(other.first, 14)
  const ability = withAbility({ ability: 2 })
  expect(composeAnnotator(logistic, position, ability)(1, context).first).toBeCloseTo(sigmoid(2.3), 14)
  expect(composeAnnotator(logistic, ability, position)(1, context).first).toBeCloseTo(sigmoid(2.6), 14)
})

const refusals: [string, () => unknown, string][] = [
  [
    'no lengths',
    () => ask(withLengthBias({ strength: 1 }), 1, { index: 7 }),
    'withLengthBias needs firstLength, and comparison 7 has none; give firstLengths',
  ],
  ['no items', () => ask(withCycles({ strength: 1 }), 1), 'withCycles needs firstItem'],
  ['no authors', () => ask(withSelfPreference({ strength: 1 }), 1, { firstOwned: 1 }), 'give secondOwned'],
  [
    'length 0',
    () => ask(withLengthBias({ strength: 1 }), 1, { firstLength: 0 }),
    'firstLength of comparison 0 is 0; expected a length above 0',
  ],
  ['rate above 1', () => withRandomFlips({ rate: 1.5 }), 'rate is 1.5; expected a finite number from 0 to 1'],
  ['one rate above 1', () => withRandomFlips({ rate: [0.1, 2] }), 'rate[1] is 2'],
  [
    'annotator without a rate',
    () => ask(withRandomFlips({ rate: [0.1] }), 1, { annotator: 1 }),
    'annotator is 1; rate has values for annotators 0 to 0',
  ],
  [
    'item without a phase',
    () => ask(withCycles({ strength: 1, phases: [0] }), 1, { firstItem: 0, secondItem: 1 }),
    'item is 1; phases has values for items 0 to 0',
  ],
  ['a phase that is none', () => withCycles({ strength: 1, phases: [Number.NaN] }), 'phases[0] is NaN'],
  [
    'a cycle of two',
    () => withCycles({ strength: 1, length: 2 }),
    'length is 2; expected an integer of at least 3',
  ],
  ['a threshold below 0', () => withTies({ threshold: -1 }), 'threshold is -1'],
  ['above below 0', () => withWorstCaseFlips({ above: -1 }), 'above is -1'],
  ['no half-life', () => withFatigue({ halfLife: 0 }), 'halfLife is 0'],
  ['a floor above 1', () => withFatigue({ halfLife: 1, floor: 2 }), 'floor is 2'],
  [
    'an unknown distribution',
    () => withPersonalBias({ distribution: 'cauchy' as never }),
    'distribution is the string "cauchy"; expected one of gumbel, gaussian',
  ],
  ['no scale', () => withPersonalBias({ scale: 0 }), 'scale is 0'],
  [
    'an unknown measure',
    () => withLengthBias({ strength: 1, measure: 'ratio' as never }),
    'measure is the string "ratio"',
  ],
  [
    'a misspelt option',
    () => withAbility({ abilities: 1 } as never),
    'withAbility: no abilities; expected one of ability',
  ],
  ['a missing option', () => withPositionBias({} as never), 'strength'],
]

test.each(refusals)('%s is refused by name', (_, act, message) => {
  expect(act).toThrow(message)
})
