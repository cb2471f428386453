import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as advantages from './index'
import {
  AdvantageError,
  clipRewards,
  conventions,
  cosineLengthRewards,
  discountedReturns,
  flashReinforceAdvantages,
  gae,
  gdpoAdvantages,
  gpgAdvantages,
  groupRelativeAdvantages,
  informativeGroups,
  klPenalizedRewards,
  maxRlAdvantages,
  missingEosRewards,
  nextKlCoefficient,
  noMoments,
  opoAdvantages,
  optimalAdvantages,
  optimalTokenBaselineAdvantages,
  overlongPenalties,
  parRewards,
  passAtKAdvantages,
  pfPpoSample,
  pfPpoWeights,
  reinforcePlusPlusAdvantages,
  reinforcePlusPlusBaselineAdvantages,
  remaxAdvantages,
  repetitionPenalties,
  rlooAdvantages,
  scaleByMoments,
  sequenceKlPenalizedRewards,
  stopProperlyRewards,
  tdLambdaReturns,
  tokenAdvantages,
  updateMoments,
  vTrace,
  whiten,
  winProbabilityRewards,
} from './index'

/** Rows of tokens with the inputs of every function: numbers of any size, rows of any lengths, masks of any kind. */
interface Batch {
  /** `[B, T]` numbers without bounds. */
  readonly any: readonly number[][][]
  /** `[B, T]` in [0, 1]. */
  readonly shares: readonly number[][][]
  readonly mask: number[][]
  readonly flags: number[][]
  /** A label for each row. */
  readonly groups: number[]
}

const whole = fc.double({ noNaN: true, noDefaultInfinity: true })
/** Numbers near 0 and 1, equal ones, and those at the limits of double precision. */
const number = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, -1, 0.1) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1e-300, -5e-324, 1e154, -1e200, Number.MAX_VALUE, -Number.MAX_VALUE),
  },
  { weight: 1, arbitrary: whole },
)
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
const batch: fc.Arbitrary<Batch> = fc.array(fc.nat(4), { maxLength: 5 }).chain((lengths) => {
  const rowsOf = <T>(value: fc.Arbitrary<T>) =>
    fc.tuple(...lengths.map((length) => fc.array(value, { minLength: length, maxLength: length })))
  const matrices = <T>(value: fc.Arbitrary<T>, count: number) =>
    fc.array(rowsOf(value), { minLength: count, maxLength: count })
  return fc.record({
    any: matrices(number, 4),
    shares: matrices(share, 3),
    mask: rowsOf(fc.constantFrom(0, 1)),
    flags: rowsOf(fc.constantFrom(0, 1)),
    groups: fc.array(fc.nat(2), { minLength: lengths.length, maxLength: lengths.length }),
  })
})

const scales = ['group', 'batch', 'none'] as const
const several = <T, R>(choices: readonly T[], call: (choice: T) => R) =>
  choices.map((choice) => () => call(choice))
const flat = (rows: readonly number[][]) => rows.flat()
const lengthsOf = (rows: readonly number[][]) => rows.map((row) => row.map((_, i) => i))

/** Each function with each of its conventions. */
const calls: Readonly<Record<string, (batch: Batch) => readonly (() => unknown)[]>> = {
  discountedReturns: ({ any: [rewards], mask, flags }) =>
    several(conventions.discountedReturns, (convention) =>
      discountedReturns({ rewards: rewards!, mask, terminated: flags }, { gamma: 0.9, convention }),
    ),
  generalizedAdvantageEstimation: ({ any: [rewards, values, limits], mask, flags }) =>
    several(conventions.generalizedAdvantageEstimation, (convention) => {
      const ends = { truncated: flags, truncationValues: limits! }
      return gae({ rewards: rewards!, values: values!, mask, ...ends }, { convention })
    }),
  tdLambdaReturns: ({ any: [rewards, values], mask }) =>
    several(conventions.tdLambdaReturns, (convention) =>
      tdLambdaReturns({ rewards: rewards!, values: values!, mask }, { convention }),
    ),
  vTrace: ({ any: [rewards, values, logRatios], mask }) => [
    () => vTrace({ rewards: rewards!, values: values!, logRatios: logRatios!, mask }),
  ],
  whiten: ({ any: [values], mask }) =>
    several(conventions.whiten, (convention) => whiten(values!, { mask, convention })),
  reinforcePlusPlusAdvantages: ({ any: [rewards], mask }) =>
    several(conventions.reinforcePlusPlusAdvantages, (convention) =>
      reinforcePlusPlusAdvantages({ rewards: rewards!, mask }, { convention }),
    ),
  remaxAdvantages: ({ any: [rewards, others], mask }) => [
    () => remaxAdvantages({ rewards: rewards!, mask, greedyRewards: others!.map(([first = 0]) => first) }),
  ],
  optimalTokenBaselineAdvantages: ({ any: [rewards], shares, mask, groups }) =>
    several(['column', 'token'] as const, (alignment) => {
      const logprobs = shares[0]!.map((row) => row.map((p) => -100 * p))
      const others = { squaredProbabilitySums: shares[1]!, importanceWeights: shares[2]! }
      return optimalTokenBaselineAdvantages(
        { rewards: rewards!, mask, groups, logprobs, ...others },
        { alignment },
      )
    }),
  groupRelativeAdvantages: ({ any: [rewards] }) =>
    conventions.groupRelativeAdvantages.flatMap((convention) =>
      several(scales, (scale) => groupRelativeAdvantages(rewards!, { convention, scale, epsilon: 0 })),
    ),
  rlooAdvantages: ({ any: [rewards] }) =>
    several(conventions.rlooAdvantages, (convention) =>
      rlooAdvantages(rewards!, { convention, normalize: true }),
    ),
  maxRlAdvantages: ({ any: [rewards], shares }) => [
    () => maxRlAdvantages(rewards!),
    () => maxRlAdvantages(shares[0]!, { epsilon: 0 }),
  ],
  flashReinforceAdvantages: ({ any: [rewards] }) => [() => flashReinforceAdvantages(flat(rewards!))],
  reinforcePlusPlusBaselineAdvantages: ({ any: [rewards] }) =>
    several(conventions.reinforcePlusPlusBaselineAdvantages, (convention) =>
      reinforcePlusPlusBaselineAdvantages(rewards!, lengthsOf(rewards!), { convention }),
    ),
  opoAdvantages: ({ any: [rewards] }) => [() => opoAdvantages(rewards!, lengthsOf(rewards!))],
  passAtKAdvantages: ({ any: [rewards] }) => [() => passAtKAdvantages(rewards!, { epsilon: 0 })],
  gpgAdvantages: ({ any: [rewards] }) => [() => gpgAdvantages(rewards!)],
  gdpoAdvantages: ({ any: [first, second] }) => {
    const rewards = [flat(first!), flat(second!)]
    const groups = rewards[0]!.map((_, i) => i % 2)
    const lengths = rewards[0]!.map((_, i) => i % 3)
    return [
      () => gdpoAdvantages({ rewards, groups }),
      () => gdpoAdvantages({ rewards, groups, lengths }, { convention: 'verl' }),
    ]
  },
  optimalAdvantages: ({ any: [reference, rewards] }) => [
    () =>
      optimalAdvantages(
        rewards!.map(([first = 0]) => first),
        reference!,
      ),
  ],
  tokenAdvantages: ({ any: [given], mask }) => [
    () =>
      tokenAdvantages(
        given!.map(([first = 0]) => first),
        mask,
      ),
  ],
  winProbabilityRewards: ({ shares: [shownFirst, shownSecond] }) =>
    several(['mean', 'min'] as const, (anchors) =>
      winProbabilityRewards({ shownFirst: shownFirst!, shownSecond: shownSecond! }, { anchors }),
    ),
  parRewards: ({ any: [chosen, rejected] }) => [
    () => parRewards({ chosenScores: chosen!, rejectedScores: rejected! }),
  ],
  pfPpoWeights: ({ any: [scores] }) =>
    several(['pow', 'max-min', 'max-random'] as const, (method) => pfPpoWeights(flat(scores!), { method })),
  pfPpoSample: ({ any: [scores], shares: [, , draws] }) => [
    () =>
      pfPpoSample(
        flat(scores!),
        flat(draws!).filter((draw) => draw < 1),
      ),
  ],
  klPenalizedRewards: ({ any: [rewards, logprobs, refLogprobs], mask }) =>
    conventions.klPenalizedRewards.flatMap((convention) =>
      several(['k1', 'abs', 'k2', 'k3'] as const, (estimator) =>
        klPenalizedRewards(
          { rewards: rewards!, logprobs: logprobs!, refLogprobs: refLogprobs!, mask },
          { convention, estimator },
        ),
      ),
    ),
  sequenceKlPenalizedRewards: ({ any: [others, logprobs, refLogprobs], mask }) =>
    several(['k1', 'abs', 'k2', 'k3'] as const, (estimator) => {
      const rewards = others!.map(([first = 0]) => first)
      return sequenceKlPenalizedRewards(
        { rewards, logprobs: logprobs!, refLogprobs: refLogprobs!, mask },
        { estimator },
      )
    }),
  nextKlCoefficient: ({ any: [kl] }) =>
    several(flat(kl!), (observed) =>
      nextKlCoefficient(0.2, { kl: observed, steps: 9 }, { type: 'adaptive', target: 6, horizon: 100 }),
    ),
  clipRewards: ({ any: [rewards] }) => [() => clipRewards(rewards!)],
  updateMoments: ({ any: [rewards, more] }) => [
    () => updateMoments(updateMoments(noMoments, rewards!), more!),
  ],
  scaleByMoments: ({ any: [rewards, seen] }) => [
    () => scaleByMoments(rewards!, updateMoments(noMoments, seen!), { epsilon: 0, shiftMean: true }),
  ],
  overlongPenalties: ({ any: [like] }) =>
    several(conventions.overlongPenalties, (convention) =>
      overlongPenalties(lengthsOf(like!), { maxLength: 3, band: 2, convention }),
    ),
  stopProperlyRewards: ({ any: [rewards], flags }) =>
    several([-0.5, 0, 0.5], (coefficient) =>
      stopProperlyRewards(flat(rewards!), flat(flags), { coefficient }),
    ),
  missingEosRewards: ({ any: [rewards], flags }) =>
    several([1, Number.MAX_VALUE], (penalty) => missingEosRewards(flat(rewards!), flat(flags), { penalty })),
  cosineLengthRewards: ({ any: [like], flags }) =>
    several(flat(like!).map(Math.abs), (most) => {
      const values = {
        maxValueCorrect: most,
        minValueCorrect: -most,
        minValueWrong: -most,
        maxValueWrong: most,
      }
      return cosineLengthRewards(flat(lengthsOf(like!)), flat(flags), { maxLength: 2, ...values })
    }),
  repetitionPenalties: ({ flags, mask }) =>
    several([1, 2, 9], (ngramSize) => repetitionPenalties(flags, { mask, ngramSize })),
  informativeGroups: ({ any: [rewards] }) =>
    several(conventions.informativeGroups, (convention) =>
      informativeGroups(rewards!, { convention, range: [0, 10] }),
    ),
}

/** All numbers anywhere in a result. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}

/** The numbers of a result; none where a named error was thrown. */
function resultOf(call: () => unknown): number[] {
  try {
    return numbersIn(call())
  } catch (error) {
    if (AdvantageError.isInstance(error)) return []
    throw error
  }
}

describe('finite numbers give finite numbers, or a named error', () => {
  it.each(Object.entries(calls))('%s', (_, callsOf) => {
    fc.assert(
      fc.property(batch, (given) => {
        for (const call of callsOf(given)) {
          for (const result of resultOf(call)) expect(Number.isFinite(result)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })

  it.each(Object.entries(calls))('%s has a result where nothing is extreme', (_, callsOf) => {
    // Rows of two or more, nothing masked, and values that differ.
    const rows = (offset: number) => [
      [offset, 2, 1, 0.5],
      [1, offset, 3, 2],
    ]
    const shares = rows(0.25).map((row) => row.map((value) => value / 4))
    const given: Batch = {
      any: [rows(0.5), rows(0.25), rows(1.5), rows(0)],
      shares: [shares, shares, shares],
      mask: rows(1).map((row) => row.map(() => 1)),
      flags: rows(1).map((row) => row.map((_value, i) => i % 2)),
      groups: [0, 0],
    }
    for (const call of callsOf(given)) expect(resultOf(call)).not.toEqual([])
  })

  it('no function is left out', () => {
    const functions = Object.entries(advantages).flatMap(([name, value]) =>
      typeof value === 'function' && value !== gae && value !== AdvantageError ? [name] : [],
    )
    expect([...functions, 'generalizedAdvantageEstimation'].toSorted()).toEqual(Object.keys(calls).toSorted())
  })
})

describe('every function refuses infinite rewards with a named error', () => {
  const infinite = [[1, Number.POSITIVE_INFINITY]]
  const refused = {
    code: 'NOT_FINITE',
    parameter: expect.stringMatching(/^(rewards|values)\[0\](\[1\])?$|^rewards\[1\]$/),
  }
  it.each([
    ['groupRelativeAdvantages', () => groupRelativeAdvantages(infinite)],
    ['rlooAdvantages', () => rlooAdvantages(infinite)],
    ['maxRlAdvantages', () => maxRlAdvantages(infinite)],
    ['opoAdvantages', () => opoAdvantages(infinite, [[1, 1]])],
    ['gpgAdvantages', () => gpgAdvantages(infinite)],
    ['passAtKAdvantages', () => passAtKAdvantages(infinite)],
    ['flashReinforceAdvantages', () => flashReinforceAdvantages(infinite)],
    ['reinforcePlusPlusAdvantages', () => reinforcePlusPlusAdvantages({ rewards: infinite })],
    ['discountedReturns', () => discountedReturns({ rewards: infinite })],
    ['gae', () => gae({ rewards: infinite, values: [[0, 0]] })],
    ['whiten', () => whiten(infinite)],
    ['updateMoments', () => updateMoments(noMoments, infinite)],
    ['missingEosRewards', () => missingEosRewards(infinite[0]!, [1, 1], { penalty: 1 })],
    ['stopProperlyRewards', () => stopProperlyRewards(infinite[0]!, [1, 1], { coefficient: 1 })],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining(refused))
  })
})
