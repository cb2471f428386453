import { expect, test } from 'vitest'
import { annotationErrorRate } from '../annotators/annotation-error-rate'
import { logisticAnnotator } from '../annotators/logistic-annotator'
import { simulateAnnotations } from '../annotators/simulate-annotations'
import { withAbility } from '../annotators/with-ability'
import { estimateAbilities, estimateBeta } from './estimate-beta'
import { goldens } from './goldens/load-goldens'

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
