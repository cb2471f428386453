import { describe, expect, test } from 'vitest'
import { digamma, logGamma } from '../mathematics/gamma-functions'
import { uniformAt } from '../random/streams'
import { simulateVotes } from '../testing/simulate-votes'
import { fitMace } from './fit-mace'
import { goldens } from './goldens/load-goldens'

const columns = ({ items, annotators, labels }: (typeof goldens.votes)[number]) => ({
  items,
  annotators,
  labels,
})

const methods = { em: 'maximum-likelihood', vb: 'variational' } as const

describe.each(goldens.votes.filter(({ mace }) => mace.length > 0))('on $name', (golden) => {
  test.each(golden.mace)('by $method it ends where crowd-kit 1.4.2 ends', (expected) => {
    const found = fitMace(columns(golden), {
      method: methods[expected.method],
      tolerance: 0,
      maxIterations: 20_000,
    })
    found.posteriors.forEach((p, cell) => {
      expect(p).toBeCloseTo(expected.posteriors[cell]!, 6)
    })
    const classes = found.classes.length
    found.annotators.forEach((name, a) => {
      // crowd-kit reports e^E[log P] by variational Bayes.
      const votes = golden.annotators.filter((other) => other === name).length
      const known = found.knowing[a]! + 0.5
      const geometric = Math.exp(digamma(known) - digamma(votes + 1))
      const competence = expected.method === 'em' ? found.competence[a]! : geometric
      expect(competence).toBeCloseTo(expected.knows[a]!, 6)
      if (expected.method === 'vb') return
      const spam = found.strategy.slice(a * classes, (a + 1) * classes)
      spam.forEach((p, k) => {
        expect(p).toBeCloseTo(expected.says[a * classes + k]!, 5)
      })
    })
  })

  test.each(['maximum-likelihood', 'variational'] as const)('the objective never falls: %s', (method) => {
    const { objectives, converged } = fitMace(columns(golden), { method, tolerance: 1e-10 })
    expect(converged).toBe(true)
    objectives.forEach((value, i) => {
      if (i > 0) expect(value).toBeGreaterThanOrEqual(objectives[i - 1]! - 1e-9 * Math.abs(value))
    })
  })
})

const competences = [0.95, 0.8, 0.7, 0.5, 0.3, 0.02]
/** Three labels; who spams says the first in half of the cases. */
function simulated(items: number) {
  const rows: [item: number, annotator: number, label: number][] = []
  for (let item = 0; item < items; item++) {
    const truth = item % 3
    competences.forEach((competence, a) => {
      const spam = uniformAt(1, item, a) >= competence
      const u = uniformAt(2, item, a)
      rows.push([item, a, spam ? Number(u > 0.5) + Number(u > 0.75) : truth])
    })
  }
  const column = (k: 0 | 1 | 2) => rows.map((row) => row[k])
  return { items: column(0), annotators: column(1), labels: column(2) }
}

test.each(['maximum-likelihood', 'variational'] as const)(
  'simulated competence is recovered: %s',
  (method) => {
    const found = fitMace(simulated(2000), { method, bootstrap: { resamples: 30 } })
    const { competence, strategy } = found.standardErrors!
    competences.forEach((truth, a) => {
      // At five standard errors, which 30 resamples tell to about 13 %; the bound at 0 is within rounding of the
      // prior.
      expect(Math.abs(found.competence[a]! - truth)).toBeLessThan(5 * 1.5 * competence[a]! + 0.005)
      expect(competence[a]!).toBeLessThan(0.03)
    })
    const spammer = 5
    for (const [k, p] of [0.5, 0.25, 0.25].entries()) {
      const error = strategy[spammer * 3 + k]!
      expect(Math.abs(found.strategy[spammer * 3 + k]! - p)).toBeLessThan(5 * 1.5 * error)
    }
    const right = found.items.filter((item, i) => found.labels[i] === (item as number) % 3).length
    expect(right / found.items.length).toBeGreaterThan(0.95)
    const votes = found.knowing.reduce((sum, known) => sum + known, 0)
    expect(votes).toBeLessThan(12_000)
  },
)

test('the variational bound lies below the log-likelihood of any competences under the priors', () => {
  // One vote: its probability is 1/K whatever the parameters, so the bound can be at most log(1/K).
  const one = { items: [1], annotators: [1], labels: ['a'] }
  const { objectives } = fitMace(one, { classes: ['a', 'b'] })
  expect(objectives.at(-1)!).toBeLessThan(Math.log(1 / 2))
  expect(objectives.at(-1)!).toBeGreaterThan(Math.log(1 / 2) - 1)
})

test('digamma and log Γ are those of SciPy', () => {
  for (const { x, digamma: psi, logGamma: log } of goldens.gamma) {
    expect(Math.abs(digamma(x) - psi)).toBeLessThan(1e-13 * Math.max(1, Math.abs(psi)))
    expect(Math.abs(logGamma(x) - log)).toBeLessThan(1e-13 * Math.max(1, Math.abs(log)))
  }
})

test('bad options are refused', () => {
  const one = { items: [1], annotators: [1], labels: ['a'] }
  expect(() => fitMace(one, { method: 'em' as never })).toThrow(
    'expected one of maximum-likelihood, variational',
  )
  expect(() => fitMace(one, { competencePrior: 0 })).toThrow('competencePrior is 0')
  expect(() => fitMace(one, { smoothing: -1 })).toThrow('smoothing is -1')
  expect(() => fitMace(one, { restarts: 3 } as never)).toThrow('no restarts')
})

test('one vote is no certainty', () => {
  const crowd = simulateVotes({ items: 300, rates: [0.05, 0.1, 0.2], perItem: 3, seed: 4 }).votes
  const votes = {
    items: [...Array.from(crowd.items), crowd.items[0]!],
    annotators: [...Array.from(crowd.annotators), 'once'],
    labels: [...Array.from(crowd.labels), crowd.labels[0]!],
  }
  const { competence } = fitMace(votes, { bootstrap: { resamples: 10 } }).standardErrors!
  // At most one vote beside Beta(½, ½): 0.25 for Beta(1.5, 0.5), more for a vote that may be spam.
  expect(competence[3]).toBeGreaterThan(0.24)
  expect(competence[0]).toBeLessThan(0.1)
})
