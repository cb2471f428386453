import { normalCdf, sigmoid } from '@prefkit/expressions'
import { describe, expect, it } from 'vitest'
import type { Annotator } from '../annotators/annotator'
import { calibrateBeta } from '../annotators/calibrate-annotator'
import { comparisonsOf } from '../annotators/comparisons-of'
import { composeAnnotator } from '../annotators/compose-annotator'
import { expectedChoices } from '../annotators/expected-choices'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { perfectAnnotator } from '../annotators/perfect-annotator'
import { probitAnnotator } from '../annotators/probit-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { withPositionBias } from '../annotators/with-position-bias'
import { withRandomFlips } from '../annotators/with-random-flips'
import { withTies } from '../annotators/with-ties'
import { fitBradleyTerry } from '../bradley-terry/fit-bradley-terry'
import { pairColumns } from '../pairing/pair-sequence'
import { samePromptPairs } from '../pairing/same-prompt-pairs'
import { normalsFrom } from '../random/gaussian-draws'
import { uniformsFrom } from '../random/streams'
import { expectedOrderAccuracy, repeatsForOrderAccuracy } from './expected-order-accuracy'

const alpha = 0.02

/** Responses to prompts, six each; the score is the first feature, the others are as large, or `stretch` times so. */
function population(prompts: number, width: number, stretch = 1) {
  const normal = normalsFrom(uniformsFrom([7, prompts, width]))
  const count = 6 * prompts
  const features = Array.from({ length: count }, () =>
    Array.from({ length: Math.max(1, width) }, (_, k) => normal() * stretch ** k),
  )
  const scores = features.map((row) => row[0]!)
  const table = { prompts: Array.from({ length: count }, (_, i) => Math.floor(i / 6)) }
  const all = pairColumns(samePromptPairs(table, { balance: 'pairs', budget: 400 }))
  const isBetter = (a: number, b: number) => scores[a]! > scores[b]!
  const tests = {
    first: Array.from(all.first, (a, i) => (isBetter(a, all.second[i]!) ? a : all.second[i]!)),
    second: Array.from(all.first, (a, i) => (isBetter(a, all.second[i]!) ? all.second[i]! : a)),
  }
  const pairsOf = (budget: number) => pairColumns(samePromptPairs(table, { budget, seed: 1 }))
  return { features, scores, tests, pairsOf, responses: width === 0 ? count : features }
}

type Ground = ReturnType<typeof population>

const repeated = (
  { first, second }: { first: ArrayLike<number>; second: ArrayLike<number> },
  times: number,
) => ({
  first: Array.from({ length: times }, () => Array.from(first)).flat(),
  second: Array.from({ length: times }, () => Array.from(second)).flat(),
})

/** Order accuracy of rewards fitted to drawn labels by the package's Bradley–Terry. */
function simulatedAccuracy(
  ground: Ground,
  budget: number,
  annotator: Annotator,
  repeats: number,
  seed: number,
): number {
  const pairs = repeated(ground.pairsOf(budget), repeats)
  const labels = simulateAnnotations(comparisonsOf({ scores: ground.scores }, pairs), annotator, { seed })
  const outcomes = Array.from(labels, (label) => (1 + label) / 2)
  const rewards = new Float64Array(ground.scores.length)
  if (typeof ground.responses === 'number') {
    const { players, strengths } = fitBradleyTerry({ ...pairs, outcomes }, { alpha })
    players.forEach((player, i) => {
      rewards[player as number] = strengths[i]!
    })
  } else {
    const { first, second } = pairs
    const width = ground.features[0]!.length
    const covariates = Object.fromEntries(
      Array.from({ length: width }, (_, k) => [
        `${k}`,
        Array.from(first, (a, i) => ground.features[a]![k]! - ground.features[second[i]!]![k]!),
      ]),
    )
    const sides = { first: outcomes.map(() => 'a'), second: outcomes.map(() => 'b') }
    const none = new Map([
      ['a', 0],
      ['b', 0],
    ])
    const { coefficients } = fitBradleyTerry(
      { ...sides, outcomes, covariates },
      { playerCovariates: { none }, alpha: 1, covariateAlpha: alpha },
    )
    ground.features.forEach((row, r) => {
      rewards[r] = row.reduce((sum, value, k) => sum + value * coefficients[`${k}`]!, 0)
    })
  }
  const { first, second } = ground.tests
  const right = Array.from(first, (a, i) => (1 + Math.sign(rewards[a]! - rewards[second[i]!]!)) / 2)
  return right.reduce((sum, value) => sum + value, 0) / right.length
}

function inputOf(ground: Ground, budget: number, annotator: Annotator) {
  const { scores, responses, tests } = ground
  const pairs = ground.pairsOf(budget)
  return { responses, pairs, choices: expectedChoices(comparisonsOf({ scores }, pairs), annotator), tests }
}

const at = (ground: Ground, budget: number, errorRate: number, family?: (beta: number) => Annotator) => {
  const comparisons = comparisonsOf({ scores: ground.scores }, ground.pairsOf(budget))
  return calibrateBeta(comparisons, { errorRate, ...(family && { family }) }).annotator
}

const linear = population(100, 5)
const stretched = population(100, 4, 5)
const free = population(10, 0)

describe('expectedOrderAccuracy', () => {
  // A hundred labels or more for each parameter, ten or more where each response has one: what theory leaves out is far below
  // the sampling error.
  it.each([
    ['Bradley–Terry', linear, 600, 1, at(linear, 600, 0.25)],
    ['Thurstone', linear, 600, 1, at(linear, 600, 0.25, (beta) => probitAnnotator({ beta }))],
    ['flips', linear, 600, 1, withRandomFlips({ rate: 0.3 })(logisticAnnotator({ beta: 8 }))],
    ['flips of always right answers', linear, 600, 1, withRandomFlips({ rate: 0.3 })(perfectAnnotator())],
    ['ties', linear, 600, 1, composeAnnotator(logisticAnnotator({ beta: 1 }), withTies({ threshold: 1.5 }))],
    [
      'position bias',
      linear,
      600,
      1,
      composeAnnotator(logisticAnnotator({ beta: 1 }), withPositionBias({ strength: 1 })),
    ],
    ['features of unequal scale', stretched, 600, 1, at(stretched, 600, 0.3)],
    ['a reward for each response', free, 150, 8, at(free, 150, 0.3)],
    [
      'a reward for each response, ties',
      free,
      150,
      8,
      composeAnnotator(logisticAnnotator({ beta: 1 }), withTies({ threshold: 1.5 })),
    ],
  ])('is what simulated fits come to: %s', (_, ground, budget, repeats, annotator) => {
    const predicted = expectedOrderAccuracy(inputOf(ground, budget, annotator), { alpha, repeats })
    const runs = Array.from({ length: 100 }, (_run, seed) =>
      simulatedAccuracy(ground, budget, annotator, repeats, seed),
    )
    const mean = runs.reduce((sum, value) => sum + value, 0) / runs.length
    const variance = runs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs.length - 1)
    // Four standard errors of the mean of the simulations, and nothing else.
    expect(Math.abs(predicted - mean)).toBeLessThan(4 * Math.sqrt(variance / runs.length))
  })

  it('counts repeats as labels of the same pairs', () => {
    const input = inputOf(linear, 40, logisticAnnotator({ beta: 1 }))
    const { first, second, tie } = input.choices
    const thrice = (values: Float64Array) => Float64Array.from([...values, ...values, ...values])
    const choices = { first: thrice(first), second: thrice(second), tie: thrice(tie) }
    const written = expectedOrderAccuracy({ ...input, pairs: repeated(input.pairs, 3), choices }, { alpha })
    expect(expectedOrderAccuracy(input, { alpha, repeats: 3 })).toBeCloseTo(written, 9)
  })

  it('rises with the labels, and is a coin without information', () => {
    const input = inputOf(linear, 200, at(linear, 200, 0.25))
    const values = [0.25, 1, 4, 16, 1024].map((repeats) => expectedOrderAccuracy(input, { alpha, repeats }))
    expect(values.toSorted((a, b) => a - b)).toEqual(values)
    expect(values.at(-1)).toBeGreaterThan(0.98)
    const none = { ...input, choices: expectedChoices(new Float64Array(200), logisticAnnotator()) }
    expect(expectedOrderAccuracy(none, { alpha })).toBeCloseTo(0.5, 9)
  })

  it('is the closed form where there is one parameter', () => {
    // θ° solves 10(σ(θ) − 0.8) + 2αθ = 0; with A = 10σ′ + 2α and J = 1.6, P = Φ(θ°A/√J).
    const choices = { first: [0.8], second: [0.2], tie: [0] } as never
    const one = { responses: [[1], [0]], pairs: { first: [0], second: [1] }, choices }
    const found = expectedOrderAccuracy(
      { ...one, tests: { first: [0], second: [1] } },
      { alpha: 0.5, repeats: 10 },
    )
    let [low, high] = [0, 5]
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2
      if (10 * (sigmoid(middle) - 0.8) + middle > 0) high = middle
      else low = middle
    }
    const slope = 10 * sigmoid(low) * (1 - sigmoid(low)) + 1
    expect(found).toBeCloseTo(normalCdf((low * slope) / Math.sqrt(1.6)), 9)
  })

  it('refuses bad input by name', () => {
    const input = inputOf(linear, 4, logisticAnnotator())
    const refused = (change: object, message: string) =>
      expect(() => expectedOrderAccuracy({ ...input, ...change }, { alpha })).toThrow(message)
    refused({ responses: 3 }, 'pairs.first[')
    refused({ responses: [[1, 2], [1]] }, 'responses[1] has 1 values and responses[0] has 2')
    refused({ tests: { first: [], second: [] } }, 'tests has no pairs')
    refused({ choices: expectedChoices([1], logisticAnnotator()) }, 'choices.first has 1 values')
    expect(() => expectedOrderAccuracy(input, { alpha: 0 })).toThrow('alpha is 0')
    expect(() => expectedOrderAccuracy(input, { alpha, repeats: 0 })).toThrow('repeats is 0')
  })
})

describe('repeatsForOrderAccuracy', () => {
  it('turns expectedOrderAccuracy around', () => {
    const input = inputOf(linear, 200, at(linear, 200, 0.25))
    const repeats = repeatsForOrderAccuracy(input, { alpha, target: 0.93 })!
    expect(expectedOrderAccuracy(input, { alpha, repeats })).toBeCloseTo(0.93, 6)
  })

  it('is null where the pairs do not give it', () => {
    const input = inputOf(free, 10, logisticAnnotator())
    expect(repeatsForOrderAccuracy(input, { alpha, target: 0.95 })).toBe(null)
    expect(() => repeatsForOrderAccuracy(input, { alpha, target: 2 })).toThrow('target is 2')
  })
})
