import { sigmoid } from '@prefkit/expressions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NoiseError } from '../noise-error'
import { type BradleyTerryFit, type BradleyTerryOptions, fitBradleyTerry } from './fit-bradley-terry'
import type { TieModel } from './outcome-models'
import { byNumber, type Columns, connectedComparisons } from './testing/arbitrary-comparisons'

const tieModels: readonly TieModel[] = ['half', 'davidson', 'rao-kupper']
const models = tieModels.flatMap((ties) => [true, false].map((orderEffect) => ({ ties, orderEffect })))

/** Probabilities of first, second and tie by the equations of the papers, from worths instead of log-odds. */
const equations: Record<TieModel, (d: number, parameter: number) => [number, number, number]> = {
  half: (d) => [sigmoid(d), sigmoid(-d), 0],
  davidson: (d, prevalence) => {
    const worth = Math.exp(d)
    const total = worth + 1 + prevalence * Math.sqrt(worth)
    return [worth / total, 1 / total, (prevalence * Math.sqrt(worth)) / total]
  },
  'rao-kupper': (d, threshold) => {
    const [worth, theta] = [Math.exp(d), Math.exp(threshold)]
    const [first, second] = [worth / (worth + theta), 1 / (1 + theta * worth)]
    return [first, second, (theta ** 2 - 1) * first * second]
  },
}

/** One row's probabilities under a fit, whose tie parameter may be moved. */
function probabilities(fit: BradleyTerryFit, ties: TieModel, { first, second }: Columns, row: number) {
  const strengths = byNumber(fit)
  const d = strengths.get(first[row])! - strengths.get(second[row])! + (fit.orderEffect ?? 0)
  return equations[ties](d, fit.tieParameter ?? Number.NaN)
}

function logLikelihood(fit: BradleyTerryFit, ties: TieModel, comparisons: Columns): number {
  return comparisons.outcomes.reduce((sum, outcome, row) => {
    const [first, second, tie] = probabilities(fit, ties, comparisons, row)
    const half = 0.5 * (Math.log(first) + Math.log(second))
    const tied = ties === 'half' ? half : Math.log(tie)
    const log = new Map([
      [1, Math.log(first)],
      [0, Math.log(second)],
      [0.5, tied],
    ])
    return sum + comparisons.weights[row]! * log.get(outcome)!
  }, 0)
}

const close = (a: number, b: number, tolerance: number) =>
  expect(Math.abs(a - b)).toBeLessThan(tolerance * Math.max(1, Math.abs(b)))

test.each(models)('MM and Newton agree: $ties, order effect $orderEffect', (options) => {
  fc.assert(
    fc.property(connectedComparisons, (comparisons) => {
      const newton = fitBradleyTerry(comparisons, options)
      const mm = fitBradleyTerry(comparisons, { ...options, method: 'mm', tolerance: 1e-11 })
      newton.strengths.forEach((strength, i) => {
        close(mm.strengths[i]!, strength, 1e-9)
      })
      close(mm.orderEffect ?? 0, newton.orderEffect ?? 0, 1e-9)
      close(mm.tieParameter ?? 0, newton.tieParameter ?? 0, 1e-9)
      close(mm.logLikelihood, newton.logLikelihood, 1e-12)
    }),
    { numRuns: 40 },
  )
})

test.each(models)(
  'it is the maximum of the papers’ likelihood: $ties, order effect $orderEffect',
  (options) => {
    fc.assert(
      fc.property(connectedComparisons, (comparisons) => {
        const fit = fitBradleyTerry(comparisons, options)
        const at = (moved: Partial<BradleyTerryFit>) =>
          logLikelihood({ ...fit, ...moved }, options.ties, comparisons)
        const best = at({})
        close(fit.logLikelihood, best, 1e-12)
        const step = 1e-3
        for (const sign of [step, -step]) {
          fit.strengths.forEach((_, i) => {
            const strengths = fit.strengths.map((strength, k) => strength + (k === i ? sign : 0))
            expect(at({ strengths })).toBeLessThan(best)
          })
          if (options.orderEffect) expect(at({ orderEffect: fit.orderEffect! + sign })).toBeLessThan(best)
          if (fit.tieParameter === undefined) continue
          expect(at({ tieParameter: fit.tieParameter * (1 + sign) })).toBeLessThan(best)
        }
      }),
      { numRuns: 40 },
    )
  },
)

test.each(models.filter(({ ties }) => ties !== 'rao-kupper'))(
  'score equations hold, expected wins are those won: $ties, order effect $orderEffect',
  (options) => {
    fc.assert(
      fc.property(connectedComparisons, (comparisons) => {
        const fit = fitBradleyTerry(comparisons, options)
        const gaps = new Map<number, number>()
        let [ofFirst, ofTies] = [0, 0]
        comparisons.outcomes.forEach((outcome, row) => {
          const [first, , tie] = probabilities(fit, options.ties, comparisons, row)
          // In both models a tie is half a win, in what is counted and in what is expected.
          const gap = comparisons.weights[row]! * (outcome - first - tie / 2)
          const [i, j] = [comparisons.first[row]!, comparisons.second[row]!]
          gaps.set(i, (gaps.get(i) ?? 0) + gap)
          gaps.set(j, (gaps.get(j) ?? 0) - gap)
          ofFirst += gap
          ofTies += comparisons.weights[row]! * (Number(outcome === 0.5) - tie)
        })
        for (const gap of gaps.values()) close(gap, 0, 1e-9)
        if (options.orderEffect) close(ofFirst, 0, 1e-9)
        if (options.ties === 'davidson') close(ofTies, 0, 1e-9)
      }),
    )
  },
)

test.each(models)('names and order of rows do not matter: $ties, order effect $orderEffect', (options) => {
  fc.assert(
    fc.property(connectedComparisons, fc.infiniteStream(fc.nat()), (comparisons, random) => {
      const keys = comparisons.first.map(() => random.next().value)
      const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || b - a)
      const pick = (column: readonly number[]) => order.map((row) => column[row]!)
      const name = (player: number) => `player ${player}`
      const shuffled = fitBradleyTerry(
        {
          first: pick(comparisons.first).map(name),
          second: pick(comparisons.second).map(name),
          outcomes: pick(comparisons.outcomes),
          weights: pick(comparisons.weights),
        },
        options,
      )
      const fit = fitBradleyTerry(comparisons, options)
      const strengths = byNumber(shuffled)
      fit.players.forEach((player, i) => {
        close(strengths.get(name(player as number))!, fit.strengths[i]!, 1e-9)
      })
      close(shuffled.logLikelihood, fit.logLikelihood, 1e-12)
    }),
  )
})

test.each(models)(
  'swapping the two of every row turns the order effect round: $ties, $orderEffect',
  (options) => {
    fc.assert(
      fc.property(connectedComparisons, (comparisons) => {
        const { first, second, outcomes } = comparisons
        const swapped = {
          ...comparisons,
          first: second,
          second: first,
          outcomes: outcomes.map((outcome) => 1 - outcome),
        }
        const [fit, other] = [fitBradleyTerry(comparisons, options), fitBradleyTerry(swapped, options)]
        const strengths = byNumber(other)
        fit.players.forEach((player, i) => {
          close(strengths.get(player)!, fit.strengths[i]!, 1e-9)
        })
        close(other.orderEffect ?? 0, -(fit.orderEffect ?? 0), 1e-9)
        close(other.tieParameter ?? 0, fit.tieParameter ?? 0, 1e-9)
      }),
    )
  },
)

test('a weight is a repetition, and a row of weight 0 is none', () => {
  fc.assert(
    fc.property(connectedComparisons, (comparisons) => {
      const { weights } = comparisons
      const repeat = (column: readonly number[]) =>
        column.flatMap((value, row) => Array(weights[row]!).fill(value))
      const [first, second, outcomes] = [comparisons.first, comparisons.second, comparisons.outcomes].map(
        repeat,
      )
      const repeated = fitBradleyTerry({ first: first!, second: second!, outcomes: outcomes! })
      const none = {
        first: [...comparisons.first, 0],
        second: [...comparisons.second, 1],
        outcomes: [...comparisons.outcomes, 1],
        weights: [...comparisons.weights, 0],
      }
      for (const fit of [fitBradleyTerry(comparisons), fitBradleyTerry(none)]) {
        repeated.strengths.forEach((strength, i) => {
          close(fit.strengths[i]!, strength, 1e-9)
        })
      }
    }),
  )
})

test('two players: the log-odds of wins, and the players’ own closed forms with ties', () => {
  const comparisons = {
    first: ['a', 'a', 'a'],
    second: ['b', 'b', 'b'],
    outcomes: [1, 0, 0.5],
    weights: [6, 2, 4],
  }
  const lead = (options: BradleyTerryOptions) => {
    const { strengths } = fitBradleyTerry(comparisons, options)
    return strengths[0]! - strengths[1]!
  }
  expect(lead({})).toBeCloseTo(Math.log(8 / 4), 12)
  expect(lead({ ties: 'davidson' })).toBeCloseTo(Math.log(6 / 2), 12)
  // σ(d − η) = ½ and σ(−d − η) = ⅙.
  const fit = fitBradleyTerry(comparisons, { ties: 'rao-kupper' })
  expect(lead({ ties: 'rao-kupper' })).toBeCloseTo(Math.log(5) / 2, 12)
  expect(fit.tieParameter).toBeCloseTo(Math.log(5) / 2, 12)
  expect(fitBradleyTerry(comparisons, { ties: 'davidson' }).tieParameter).toBeCloseTo(4 / Math.sqrt(12), 12)
})

test('without outcomes the first beat the second', () => {
  const first = ['a', 'b', 'c', 'a']
  const second = ['b', 'c', 'a', 'c']
  const explicit = fitBradleyTerry({ first, second, outcomes: [1, 1, 1, 1] })
  expect(fitBradleyTerry({ first, second }).strengths).toEqual(explicit.strengths)
})

test('covariates that tell all players apart give the strengths that free ones have', () => {
  fc.assert(
    fc.property(connectedComparisons, (comparisons) => {
      const free = fitBradleyTerry(comparisons)
      const playerCovariates = Object.fromEntries(
        free.players
          .slice(1)
          .map((own) => [`is ${own}`, new Map(free.players.map((p) => [p, Number(p === own)]))]),
      )
      const { strengths } = fitBradleyTerry(comparisons, { playerCovariates })
      strengths.forEach((strength, i) => {
        close(strength, free.strengths[i]!, 1e-9)
      })
    }),
  )
})

test('a covariate of ones is the order effect', () => {
  fc.assert(
    fc.property(connectedComparisons, (comparisons) => {
      const home = comparisons.first.map(() => 1)
      const fit = fitBradleyTerry({ ...comparisons, covariates: { home } })
      close(fit.coefficients.home!, fitBradleyTerry(comparisons, { orderEffect: true }).orderEffect!, 1e-9)
    }),
  )
})

test('a prior keeps strengths finite where wins alone do not, and shrinks them as it grows', () => {
  const chain = { first: ['a', 'b', 'd'], second: ['b', 'c', 'e'] }
  const spread = (alpha: number) => Math.max(...fitBradleyTerry(chain, { alpha }).strengths)
  const spreads = [1e-6, 1e-3, 1, 1e3].map(spread)
  expect(spreads.every(Number.isFinite)).toBe(true)
  expect(spreads).toEqual([...spreads].sort((a, b) => b - a))
  expect(spreads[3]).toBeLessThan(1e-3)
  // d and e: the maximum of log σ(2θ) − 2αθ² has σ(−2θ) = 2αθ.
  const { players, strengths } = fitBradleyTerry(chain, { alpha: 1 })
  const theta = strengths[players.indexOf('d')]!
  expect(sigmoid(-2 * theta)).toBeCloseTo(2 * theta, 9)
})

test('the reference has strength 0 and differences stay', () => {
  const comparisons = { first: ['a', 'b', 'c', 'a'], second: ['b', 'c', 'a', 'c'] }
  const fit = fitBradleyTerry(comparisons, { reference: 'b' })
  const centred = fitBradleyTerry(comparisons)
  expect(fit.strengths[1]).toBe(0)
  expect(fit.strengths[0]).toBeCloseTo(centred.strengths[0]! - centred.strengths[1]!, 12)
  expect(centred.strengths.reduce((a, b) => a + b)).toBeCloseTo(0, 12)
})

test('strengths far apart keep their digits', () => {
  const comparisons = { first: ['a', 'b'], second: ['b', 'a'], weights: [1e9, 1] }
  expect(fitBradleyTerry(comparisons).strengths[0]).toBeCloseTo(Math.log(1e9) / 2, 9)
})

const circle = { first: ['a', 'b', 'c'], second: ['b', 'c', 'a'] }
const both = { ...circle, first: [...circle.first, 'b'], second: [...circle.second, 'a'] }
const uneven = { ...both, weights: [7, 3, 2, 1] }

test.each<[string, Parameters<typeof fitBradleyTerry>, string, string]>([
  ['a misspelt column', [{ ...circle, outcome: [1] } as never], 'INVALID_OPTION', 'no outcome'],
  ['no column', [{ first: ['a'] } as never], 'SHAPE_MISMATCH', 'second is undefined'],
  ['columns of different length', [{ ...circle, outcomes: [1] }], 'SHAPE_MISMATCH', 'outcomes has 1'],
  ['nothing', [{ first: [], second: [] }], 'TOO_FEW', 'at least one comparison'],
  [
    'a player against itself',
    [{ first: ['a'], second: ['a'] }],
    'OUT_OF_RANGE',
    'second[0] is the string "a"',
  ],
  ['a player that is none', [{ first: [Number.NaN], second: [1] }], 'OUT_OF_RANGE', 'first[0] is NaN'],
  ['another outcome', [{ ...circle, outcomes: [1, 0, -1] }], 'OUT_OF_RANGE', 'outcomes[2] is -1'],
  ['a negative weight', [{ ...circle, weights: [1, -1, 1] }], 'OUT_OF_RANGE', 'weights[1] is -1'],
  ['a weight that is no number', [{ ...circle, weights: [1, Number.NaN, 1] }], 'NOT_FINITE', 'weights[1]'],
  [
    'a covariate that is none',
    [{ ...circle, covariates: { x: [1, 2, Number.NaN] } }],
    'NOT_FINITE',
    'covariates.x[2]',
  ],
  ['a misspelt option', [circle, { tie: 'half' } as never], 'INVALID_OPTION', 'no tie;'],
  [
    'another model of ties',
    [circle, { ties: 'none' as never }],
    'INVALID_OPTION',
    'half, davidson, rao-kupper',
  ],
  ['another method', [circle, { method: 'em' as never }], 'INVALID_OPTION', 'newton, mm'],
  ['a flag that is none', [circle, { orderEffect: 1 as never }], 'INVALID_OPTION', 'orderEffect is 1'],
  ['a negative prior', [circle, { alpha: -1 }], 'OUT_OF_RANGE', 'alpha is -1'],
  ['no tolerance', [circle, { tolerance: 0 }], 'OUT_OF_RANGE', 'tolerance is 0'],
  ['no steps', [circle, { maxIterations: 0 }], 'OUT_OF_RANGE', 'maxIterations is 0'],
  ['an unknown reference', [circle, { reference: 'z' }], 'INVALID_OPTION', 'reference is the string "z"'],
  ['no ties', [circle, { ties: 'davidson' }], 'TOO_FEW', 'there are no ties'],
  [
    'only ties',
    [{ ...circle, outcomes: [0.5, 0.5, 0.5] }, { ties: 'rao-kupper' }],
    'TOO_FEW',
    'nothing but ties',
  ],
  ['no weight', [{ ...circle, weights: [0, 0, 0] }, { alpha: 1 }], 'TOO_FEW', 'weights add up to 0'],
  ['MM with a prior', [circle, { method: 'mm', alpha: 1 }], 'INVALID_OPTION', "method is 'mm'"],
  ['too few steps', [both, { maxIterations: 2 }], 'NOT_CONVERGED', 'maxIterations is 2'],
  ['too few rounds', [uneven, { method: 'mm', maxIterations: 3 }], 'NOT_CONVERGED', 'maxIterations is 3'],
  ['first always wins', [circle, { orderEffect: true }], 'NOT_IDENTIFIED', 'separate'],
  [
    'a player without a covariate',
    [circle, { playerCovariates: { size: new Map([['a', 1]]) } }],
    'NOT_FINITE',
    'playerCovariates.size of the string "b" is undefined',
  ],
  [
    'a covariate that is the same for all',
    [both, { playerCovariates: { size: new Map(['a', 'b', 'c'].map((p) => [p, 1])) } }],
    'NOT_IDENTIFIED',
    'parameter 0',
  ],
  [
    'a covariate that strengths make up',
    [{ ...both, covariates: { x: [1, 0, -1, -1] } }],
    'NOT_IDENTIFIED',
    'not linear functions',
  ],
  [
    'a name twice',
    [
      { ...both, covariates: { size: [1, 2, 3, 5] } },
      { playerCovariates: { size: new Map(['a', 'b', 'c'].map((p, i) => [p, i])) } },
    ],
    'INVALID_OPTION',
    'size names a covariate of players and one of comparisons',
  ],
])('it refuses %s', (_, args, code, words) => {
  const error = catchError(() => fitBradleyTerry(...args))
  expect(NoiseError.isInstance(error)).toBe(true)
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) })
})

function catchError(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}
