import { describe, expect, test } from 'vitest'
import { simulateVotes } from '../testing/simulate-votes'
import { cohenKappa } from './cohen-kappa'
import { fleissKappa } from './fleiss-kappa'
import { goldens } from './goldens/load-goldens'
import { type AlphaScale, krippendorffAlpha } from './krippendorff-alpha'

const columns = ({ items, annotators, labels }: (typeof goldens.votes)[number]) => ({
  items,
  annotators,
  labels,
})

describe.each(goldens.votes)('on $name', (golden) => {
  const { agreement } = golden
  const votes = columns(golden)

  test('Fleiss’ κ is that of irrCAC 0.4.4, and of statsmodels 0.15.0 where items have equally many votes', () => {
    const { value, standardError } = fleissKappa(votes)
    expect(value).toBeCloseTo(agreement.irrcac.fleiss.value, 10)
    if (agreement.fleiss !== undefined) expect(value).toBeCloseTo(agreement.fleiss, 12)
    // irrCAC linearises; leaving out one item differs from that by the order of one over the number of items.
    expect(standardError / agreement.irrcac.fleiss.se).toBeCloseTo(1, 1)
  })

  test('Krippendorff’s α is that of krippendorff 0.9.0', () => {
    const numbers = { ...votes, labels: votes.labels.map((label) => Number(label.slice(1))) }
    for (const scale of ['nominal', 'ordinal', 'interval'] as AlphaScale[]) {
      expect(krippendorffAlpha(numbers, { scale }).value).toBeCloseTo(agreement.alpha[scale], 12)
    }
    const { standardError } = krippendorffAlpha(votes)
    expect(standardError / agreement.irrcac.krippendorff.se).toBeCloseTo(1, 1)
  })
})

test.each(goldens.cohen)(
  'Cohen’s κ and its error are those of statsmodels 0.15.0',
  ({ first, second, kappa, se }) => {
    const found = cohenKappa(first, second)
    expect(found.value).toBeCloseTo(kappa, 12)
    expect(found.standardError).toBeCloseTo(se, 12)
    const votes = {
      items: [...first.keys(), ...first.keys()],
      annotators: [...first.map(() => 'one'), ...second.map(() => 'other')],
      labels: [...first, ...second],
    }
    expect(found.observed).toBeCloseTo(fleissKappa(votes).observed, 12)
  },
)

test('on annotators that flip at rate ε, κ is (1 − 2ε)² within its error', () => {
  const { votes } = simulateVotes({ items: 4000, rates: [0.1, 0.1, 0.1, 0.1, 0.1], perItem: 3, seed: 5 })
  for (const { value, standardError } of [fleissKappa(votes), krippendorffAlpha(votes)]) {
    expect(Math.abs(value - 0.64)).toBeLessThan(5 * standardError)
    expect(standardError).toBeLessThan(0.02)
  }
})

test('standard errors are the spread over samples', () => {
  for (const measure of [fleissKappa, krippendorffAlpha]) {
    const found = Array.from({ length: 200 }, (_, seed) => {
      const rates = [0.1, 0.2, 0.3, 0.25]
      return measure(simulateVotes({ items: 200, rates, perItem: 3, seed: seed + 1 }).votes)
    })
    const mean = found.reduce((sum, { value }) => sum + value, 0) / 200
    const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / 199)
    const stated = found.reduce((sum, { standardError }) => sum + standardError, 0) / 200
    // The annotators' differing rates are part of the sample of items here, so that votes of one item are
    // exchangeable.
    expect(Math.abs(stated / spread - 1)).toBeLessThan(0.25)
  }
})

test('one is perfect, and the order of classes matters to an ordinal scale alone', () => {
  const perfect = { items: [1, 1, 2, 2], annotators: [1, 2, 1, 2], labels: ['a', 'a', 'b', 'b'] }
  expect(fleissKappa(perfect).value).toBe(1)
  expect(krippendorffAlpha(perfect).value).toBe(1)
  expect(cohenKappa(['a', 'b'], ['a', 'b']).value).toBe(1)
  const near = {
    items: [1, 1, 2, 2, 3, 3],
    annotators: [1, 2, 1, 2, 1, 2],
    labels: ['a', 'b', 'b', 'b', 'c', 'c'],
  }
  const given = (classes: string[]) => krippendorffAlpha(near, { scale: 'ordinal', classes }).value
  expect(given(['a', 'b', 'c'])).toBeCloseTo(given(['c', 'b', 'a']), 12)
  expect(given(['a', 'b', 'c'])).toBeGreaterThan(given(['a', 'c', 'b']))
  const nominal = (classes: string[]) => krippendorffAlpha(near, { classes }).value
  expect(nominal(['a', 'b', 'c'])).toBeCloseTo(nominal(['b', 'a', 'c']), 12)
})

test('what cannot be had is refused', () => {
  const same = { items: [1, 1], annotators: [1, 2], labels: ['a', 'a'] }
  expect(() => fleissKappa(same)).toThrow('labels: all are the same')
  expect(() => krippendorffAlpha(same)).toThrow('labels: all that count are the same')
  expect(() => cohenKappa(['a'], ['a'])).toThrow('labels: all are the same')
  expect(() => cohenKappa([], [])).toThrow('first has no values')
  expect(() => cohenKappa([1], [1, 2])).toThrow('second has 2 values and first has 1')
  const alone = { items: [1, 2], annotators: [1, 2], labels: ['a', 'b'] }
  expect(() => fleissKappa(alone)).toThrow('no item has two votes')
  expect(() => krippendorffAlpha(alone)).toThrow('no item has two votes')
  expect(() => krippendorffAlpha(alone, { scale: 'interval' })).toThrow('labels has the string "a"')
  expect(() => krippendorffAlpha(alone, { scale: 'ratio' as never })).toThrow('expected one of nominal')
})
