import { expect, test } from 'vitest'
import { annotationErrorRate } from '../annotators/annotation-error-rate'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { withAbility } from '../annotators/with-ability'
import { estimateAbilities, estimateBeta } from './estimate-beta'
import { goldens } from './goldens/load-goldens'

/** Numbers in [0, 1): a linear congruential generator with the constants of Numerical Recipes. */
function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const waves = (n: number) => Float64Array.from({ length: n }, (_, i) => 2 * Math.sin(i + 1))

test.each(goldens.logit)('β and its error are those of statsmodels 0.15.0', (golden) => {
  const { deltas, labels } = golden
  const found = estimateBeta({ deltas, labels })
  expect(found.beta).toBeCloseTo(golden.beta, 9)
  expect(found.standardError).toBeCloseTo(golden.se, 9)
  expect(found.logLikelihood).toBeCloseTo(golden.logLikelihood, 9)
  const annotator = logisticAnnotator({ beta: found.beta })
  expect(found.errorRate).toBeCloseTo(annotationErrorRate(deltas, annotator), 12)
})

test.each([0.05, 0.7, 3])(
  'β = %d of simulated annotators is recovered, and its error is its spread',
  (beta) => {
    const deltas = waves(2000)
    const found = Array.from({ length: 100 }, (_, seed) => {
      const labels = simulateAnnotations(deltas, logisticAnnotator({ beta }), { seed })
      return estimateBeta({ deltas, labels })
    })
    const mean = found.reduce((sum, one) => sum + one.beta, 0) / 100
    const spread = Math.sqrt(found.reduce((sum, one) => sum + (one.beta - mean) ** 2, 0) / 99)
    const stated = found.reduce((sum, one) => sum + one.standardError, 0) / 100
    // Five standard errors of the mean of 100; a logistic slope's bias is of the order of its relative variance.
    expect(Math.abs(mean - beta)).toBeLessThan((5 * spread) / 10 + (2 * spread ** 2) / beta)
    // A standard deviation from 100 draws is off by 7 %; five times that.
    expect(Math.abs(stated / spread - 1)).toBeLessThan(0.36)
    const rates = found.map(({ errorRate }) => errorRate)
    const rate = rates.reduce((sum, one) => sum + one, 0) / 100
    const spreadOfRates = Math.sqrt(rates.reduce((sum, one) => sum + (one - rate) ** 2, 0) / 99)
    const statedOfRates = found.reduce((sum, one) => sum + one.errorRateStandardError, 0) / 100
    expect(Math.abs(statedOfRates / spreadOfRates - 1)).toBeLessThan(0.36)
  },
)

test('with several votes on an item that sway together, errors by item are the spread, and others are not', () => {
  const [items, votes] = [150, 16]
  const uniform = uniforms(5)
  const found = Array.from({ length: 150 }, () => {
    const shape = Array.from({ length: items }, (_, i) => ({
      own: 2 * Math.sin(i + 1),
      sway: 4 * (uniform() - 0.5),
    }))
    const rows = shape.flatMap((item, cluster) =>
      Array.from({ length: votes }, () => ({ ...item, cluster, u: uniform() })),
    )
    const labels = rows.map(({ own, sway, u }) => (u < 1 / (1 + Math.exp(-own - sway)) ? 1 : -1))
    const given = { deltas: rows.map(({ own }) => own), labels }
    const clusters = rows.map(({ cluster }) => `item ${cluster}`)
    return { plain: estimateBeta(given), own: estimateBeta(given, { clusters }) }
  })
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
  const betas = found.map(({ own }) => own.beta)
  const spread = Math.sqrt(mean(betas.map((beta) => (beta - mean(betas)) ** 2)))
  // A standard deviation from 150 draws is off by 6 %; four times that.
  expect(Math.abs(mean(found.map(({ own }) => own.standardError)) / spread - 1)).toBeLessThan(0.24)
  expect(mean(found.map(({ plain }) => plain.standardError)) / spread).toBeLessThan(0.7)
  const { plain, own } = found[0]!
  expect(own.beta).toBe(plain.beta)
  expect(own.errorRateStandardError / plain.errorRateStandardError).toBeCloseTo(
    own.standardError / plain.standardError,
    10,
  )
})

test('clusters of one label each are the sandwich of its equation', () => {
  const deltas = waves(60)
  const labels = simulateAnnotations(deltas, logisticAnnotator({ beta: 1 }))
  const { beta, standardError } = estimateBeta({ deltas, labels }, { clusters: deltas.map((_, i) => i) })
  const p = Array.from(deltas, (d, i) => 1 / (1 + Math.exp(labels[i]! * beta * d)))
  const meat = p.reduce((sum, wrong, i) => sum + (deltas[i]! * wrong) ** 2, 0)
  const curvature = p.reduce((sum, wrong, i) => sum + deltas[i]! ** 2 * wrong * (1 - wrong), 0)
  expect(standardError).toBeCloseTo(Math.sqrt((meat * 60) / 59) / curvature, 10)
  expect(estimateBeta({ deltas, labels }, { clusters: labels.map(() => 1) }).standardError).toBe(Number.NaN)
  expect(() => estimateBeta({ deltas, labels }, { clusters: [1] })).toThrow('clusters has 1 values')
})

test('the unit of reward only changes the unit of β', () => {
  const deltas = waves(300)
  const labels = simulateAnnotations(deltas, logisticAnnotator({ beta: 1 }))
  const one = estimateBeta({ deltas, labels })
  const other = estimateBeta({ deltas: deltas.map((d) => 1e-9 * d), labels })
  expect(other.beta / 1e9).toBeCloseTo(one.beta, 9)
  expect(other.standardError / 1e9).toBeCloseTo(one.standardError, 9)
  expect(estimateBeta({ deltas: deltas.map((d) => -d), labels }).beta).toBeCloseTo(-one.beta, 9)
})

test('ties are dropped, or count half for each', () => {
  const [deltas, labels] = [
    [1, 2, -1, 3],
    [1, -1, -1, 0],
  ]
  const dropped = estimateBeta({ deltas, labels })
  expect(dropped.count).toBe(3)
  expect(dropped.beta).toBeCloseTo(estimateBeta({ deltas: [1, 2, -1], labels: [1, -1, -1] }).beta, 12)
  const half = estimateBeta({ deltas, labels }, { ties: 'half' })
  expect(half.count).toBe(4)
  const doubled = { deltas: [1, 1, 2, 2, -1, -1, 3, 3], labels: [1, 1, -1, -1, -1, -1, 1, -1] }
  expect(half.beta).toBeCloseTo(estimateBeta(doubled).beta, 10)
})

const abilities = [0.2, 0.7, 1, 1.6, -0.5]
const deltas = waves(20_000)
const annotators = Int32Array.from({ length: 20_000 }, (_, i) => (7 * i + Math.floor(i / 11)) % 5)
const crowd = withAbility({ ability: abilities })(logisticAnnotator({ beta: 1.5 }))
const labels = simulateAnnotations({ deltas, annotators }, crowd, { seed: 3 })

test('the β of each annotator is recovered within five standard errors', () => {
  const found = estimateAbilities({ deltas, labels, annotators })
  found.annotators.forEach((name, a) => {
    const truth = 1.5 * abilities[name as number]!
    expect(Math.abs(found.betas[a]! - truth)).toBeLessThan(5 * found.standardErrors[a]!)
    expect(found.abilities[a]).toBeCloseTo(found.betas[a]! / found.pooled.beta, 12)
    const own = (column: ArrayLike<number>) => Array.from(column).filter((_, i) => annotators[i] === name)
    const alone = estimateBeta({ deltas: own(deltas), labels: own(labels) })
    expect(alone.beta).toBeCloseTo(found.betas[a]!, 9)
    expect(alone.standardError).toBeCloseTo(found.standardErrors[a]!, 9)
    expect(alone.count).toBe(found.counts[a])
  })
})

test('a prior draws annotators to the β of all, and keeps finite whose β is infinite', () => {
  const free = estimateAbilities({ deltas, labels, annotators })
  const tied = estimateAbilities({ deltas, labels, annotators }, { priorPrecision: 1e9 })
  free.abilities.forEach((_, a) => {
    expect(tied.abilities[a]).toBeCloseTo(1, 4)
  })
  const rows = { deltas: [1, 2, 1, -1], labels: [1, 1, -1, -1], annotators: ['a', 'a', 'b', 'b'] }
  expect(() => estimateAbilities(rows)).toThrow('labels of annotator "a": expected some that go with')
  const found = estimateAbilities(rows, { priorPrecision: 1 })
  expect(found.betas[0]!).toBeGreaterThan(found.betas[1]!)
  expect(found.betas.every(Number.isFinite)).toBe(true)
})

test('what is not determined is refused', () => {
  expect(() => estimateBeta({ deltas: [1, -2], labels: [1, -1] })).toThrow(
    'all go with the sign of Δr, so that β is ∞',
  )
  expect(() => estimateBeta({ deltas: [1, -2], labels: [-1, 1] })).toThrow('so that β is −∞')
  expect(() => estimateBeta({ deltas: [0], labels: [1] })).toThrow(
    'none is of a comparison with Δr other than 0',
  )
  expect(() => estimateBeta({ deltas: [1], labels: [0] })).toThrow('labels has none that count')
  expect(() => estimateBeta({ deltas: [Number.NaN], labels: [1] })).toThrow('deltas[0] is NaN')
  expect(() => estimateBeta({ deltas: [1], labels: [2] })).toThrow('labels[0] is 2')
  expect(() => estimateBeta({ deltas: [1], labels: [1, 1] })).toThrow('labels has 2 values and deltas has 1')
  expect(() => estimateBeta({ deltas: [1], labels: [1] }, { ties: 'keep' as never })).toThrow(
    'expected one of drop, half',
  )
  const coin = { deltas: [1, 1], labels: [1, -1], annotators: ['a', 'a'] }
  expect(() => estimateAbilities(coin, { priorPrecision: 1 })).toThrow('the β of all is 0')
  const refused = { deltas: [1, 1], labels: [1, -1], annotators: ['a', 'a'] }
  expect(() => estimateAbilities(refused, { priorPrecision: -1 })).toThrow('priorPrecision is -1')
})
