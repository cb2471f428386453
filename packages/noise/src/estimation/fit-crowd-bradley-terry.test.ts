import { sigmoid } from '@prefkit/expressions'
import { describe, expect, test } from 'vitest'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { withAbility } from '../annotators/with-ability'
import { withRandomFlips } from '../annotators/with-random-flips'
import { abilityModel, qualityModel } from './crowd-models'
import { fitCrowdBradleyTerry } from './fit-crowd-bradley-terry'

describe.each([
  ['ability', abilityModel(2)],
  ['quality', qualityModel(4, 1)],
] as const)('%s', (_, model) => {
  test.each([
    [0.3, 0.7],
    [-2.5, 1.4],
    [1.2, -0.6],
    [6, 3],
  ])('derivatives at d = %d, θ = %d are those of finite differences', (d, theta) => {
    const into = new Float64Array(5)
    const at = (x: number, y: number) => {
      const slopes = new Float64Array(5)
      return { value: model.choice(x, y, slopes), slopes }
    }
    model.choice(d, theta, into)
    const h = 1e-5
    const byD = (of: (one: ReturnType<typeof at>) => number) =>
      (of(at(d + h, theta)) - of(at(d - h, theta))) / (2 * h)
    const byTheta = (of: (one: ReturnType<typeof at>) => number) =>
      (of(at(d, theta + h)) - of(at(d, theta - h))) / (2 * h)
    expect(into[0]).toBeCloseTo(
      byD(({ value }) => value),
      8,
    )
    expect(into[1]).toBeCloseTo(
      byTheta(({ value }) => value),
      8,
    )
    expect(into[2]).toBeCloseTo(
      byD(({ slopes }) => slopes[0]!),
      8,
    )
    expect(into[3]).toBeCloseTo(
      byD(({ slopes }) => slopes[1]!),
      8,
    )
    expect(into[4]).toBeCloseTo(
      byTheta(({ slopes }) => slopes[1]!),
      8,
    )
    const [, slope, bend] = model.prior(theta)
    expect(slope).toBeCloseTo((model.prior(theta + h)[0] - model.prior(theta - h)[0]) / (2 * h), 8)
    expect(bend).toBeCloseTo((model.prior(theta + h)[1] - model.prior(theta - h)[1]) / (2 * h), 8)
    const [, gain] = model.report(theta)
    expect(gain).toBeCloseTo((model.report(theta + h)[0] - model.report(theta - h)[0]) / (2 * h), 8)
  })
})

const [players, count] = [12, 12_000]
const raw = Array.from({ length: players }, (_, i) => 2 * Math.sin(3 * i + 1))
const mean = raw.reduce((sum, x) => sum + x, 0) / players
const strengths = raw.map((x) => x - mean)
const first = Array.from({ length: count }, (_, i) => i % players)
const second = first.map((one, i) => (one + 1 + (((i * 7919) >> 3) % (players - 1))) % players)
const annotators = first.map((_, i) => (i * 31 + Math.floor(i / 7)) % 6)
const deltas = first.map((one, i) => strengths[one]! - strengths[second[i]!]!)

test('strengths and qualities of simulated annotators are recovered, one who reverses included', () => {
  const rates = [0.02, 0.1, 0.2, 0.35, 0.5, 0.9]
  const crowd = withRandomFlips({ rate: rates })(logisticAnnotator({ beta: 1 }))
  const labels = simulateAnnotations({ deltas, annotators }, crowd, { seed: 4 })
  const found = fitCrowdBradleyTerry({ first, second, annotators, labels })
  found.annotators.forEach((name, a) => {
    const truth = 1 - rates[name as number]!
    // 2,000 choices each; the prior's pull is that of 5.
    expect(Math.abs(found.qualities[a]! - truth)).toBeLessThan(5 * found.qualityStandardErrors[a]!)
    expect(found.qualityStandardErrors[a]!).toBeLessThan(0.03)
  })
  found.players.forEach((name, i) => {
    expect(Math.abs(found.strengths[i]! - strengths[name as number]!)).toBeLessThan(
      5 * found.strengthStandardErrors[i]!,
    )
  })
  expect(found.strengths.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 8)
})

test('abilities of simulated annotators are recovered up to their common scale', () => {
  const abilities = [0.3, 0.8, 1, 1.3, 2, -0.6]
  const crowd = withAbility({ ability: abilities })(logisticAnnotator({ beta: 1 }))
  const labels = simulateAnnotations({ deltas, annotators }, crowd, { seed: 5 })
  const found = fitCrowdBradleyTerry({ first, second, annotators, labels }, { annotatorModel: 'ability' })
  const largest = found.qualities[found.annotators.indexOf(4)]!
  found.annotators.forEach((name, a) => {
    const [ratio, truth] = [found.qualities[a]! / largest, abilities[name as number]! / 2]
    // Ratios leave out what is uncertain of the scale; their own error is about that of a logistic slope, 0.04.
    expect(Math.abs(ratio - truth)).toBeLessThan(0.2)
  })
  found.players.forEach((name, i) => {
    expect(Math.abs(found.strengths[i]! - strengths[name as number]!)).toBeLessThan(
      5 * found.strengthStandardErrors[i]!,
    )
  })
})

test('standard errors are the spread over samples', () => {
  const rates = [0.05, 0.15, 0.25, 0.1, 0.3, 0.2]
  const crowd = withRandomFlips({ rate: rates })(logisticAnnotator({ beta: 1 }))
  const runs = Array.from({ length: 60 }, (_, seed) => {
    const labels = simulateAnnotations({ deltas, annotators }, crowd, { seed })
    return fitCrowdBradleyTerry({ first, second, annotators, labels })
  })
  const ratios = (estimates: Float64Array[], stated: Float64Array[]) =>
    Array.from(estimates[0]!, (_, k) => {
      const values = estimates.map((one) => one[k]!)
      const middle = values.reduce((sum, x) => sum + x, 0) / 60
      const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / 59)
      return stated.reduce((sum, one) => sum + one[k]!, 0) / 60 / spread
    })
  const all = [
    ...ratios(
      runs.map((one) => one.qualities),
      runs.map((one) => one.qualityStandardErrors),
    ),
    ...ratios(
      runs.map((one) => one.strengths),
      runs.map((one) => one.strengthStandardErrors),
    ),
  ]
  // A standard deviation from 60 draws is off by 9 %; five times that.
  for (const ratio of all) expect(Math.abs(ratio - 1)).toBeLessThan(0.46)
})

test.each(['quality', 'ability'] as const)(
  'it is where the penalised likelihood is stationary: %s',
  (annotatorModel) => {
    const rows = {
      first: ['a', 'b', 'c', 'a', 'b', 'c', 'a'],
      second: ['b', 'c', 'a', 'c', 'a', 'b', 'b'],
      annotators: ['u', 'u', 'u', 'v', 'v', 'v', 'v'],
      labels: [1, 1, -1, 1, -1, -1, 0],
    }
    const options = { annotatorModel, alpha: 0.3, ties: 'half' as const }
    const found = fitCrowdBradleyTerry(rows, options)
    const objective = (s: Float64Array, q: Float64Array) => {
      const of = (d: number, quality: number) =>
        annotatorModel === 'ability'
          ? Math.log(sigmoid(quality * d))
          : Math.log(quality * sigmoid(d) + (1 - quality) * sigmoid(-d))
      let sum = 0
      rows.labels.forEach((label, i) => {
        const d = s[found.players.indexOf(rows.first[i]!)]! - s[found.players.indexOf(rows.second[i]!)]!
        const quality = q[found.annotators.indexOf(rows.annotators[i]!)]!
        sum += label === 0 ? (of(d, quality) + of(-d, quality)) / 2 : of(label * d, quality)
      })
      for (const x of s) sum -= 0.3 * x * x
      for (const x of q)
        sum += annotatorModel === 'ability' ? -((x - 1) ** 2) / 2 : 4 * Math.log(x) + Math.log(1 - x)
      return sum
    }
    expect(objective(found.strengths, found.qualities)).toBeCloseTo(found.objective, 10)
    for (const vector of [found.strengths, found.qualities]) {
      vector.forEach((value, k) => {
        const at = (h: number) => {
          vector[k] = value + h
          const result = objective(found.strengths, found.qualities)
          vector[k] = value
          return result
        }
        expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(0, 6)
        expect(at(1e-2)).toBeLessThan(found.objective)
        expect(at(-1e-2)).toBeLessThan(found.objective)
      })
    }
  },
)

test('bad input is refused', () => {
  const rows = { first: ['a'], second: ['b'], annotators: [1], labels: [1] }
  expect(() => fitCrowdBradleyTerry({ ...rows, second: ['a'] })).toThrow('second[0] is the string "a"')
  expect(() => fitCrowdBradleyTerry({ ...rows, labels: [0] })).toThrow('labels has none that count')
  expect(() => fitCrowdBradleyTerry(rows, { alpha: 0 })).toThrow('alpha is 0')
  expect(() => fitCrowdBradleyTerry(rows, { annotatorModel: 'skill' as never })).toThrow(
    'expected one of quality, ability',
  )
  expect(() => fitCrowdBradleyTerry(rows, { priorHonest: 0 })).toThrow('priorHonest is 0')
  expect(() => fitCrowdBradleyTerry(rows, { maxIterations: 1 })).toThrow('maxIterations is 1; the last step')
})
