import { expect, test } from 'vitest'
import { annotatorsOf, correlationsWith, kappasOf, noiseOf } from './analyse.ts'
import { pandaLm, publishedCompetence, ukpConvArg } from './read-votes.ts'

const [ukp, panda] = [ukpConvArg(), pandaLm()]

test('the data are all there', () => {
  expect(ukp.labels).toHaveLength(84_445)
  expect(new Set(ukp.annotators).size).toBe(3815)
  expect(new Set(ukp.items).size).toBe(16_927)
  expect(publishedCompetence().size).toBe(3815)
  expect(panda.labels).toHaveLength(2997)
  expect(new Set(panda.items).size).toBe(999)
})

test('UKPConvArg1: two votes agree in 70.5 %, as if 18 % were flipped', () => {
  const { agreement, flipRate, withOthers, kappa, alpha } = noiseOf(ukp)
  expect(agreement.value).toBeCloseTo(0.7048017, 7)
  expect(agreement.standardError).toBeCloseTo(0.00244, 5)
  expect(flipRate.value).toBeCloseTo(0.1799987, 7)
  expect(flipRate.standardError).toBeCloseTo(0.00191, 5)
  expect(withOthers.value).toBeCloseTo(0.7746018, 7)
  expect(kappa.value).toBeCloseTo(0.2667, 3)
  expect(alpha.value).toBeCloseTo(0.26676, 5)
})

test('PandaLM: two votes agree in 94.9 %, as if 2.6 % were flipped', () => {
  const { agreement, flipRate, withOthers, kappa, alpha } = noiseOf(panda)
  expect(agreement.value).toBeCloseTo(0.9485459, 7)
  expect(flipRate.value).toBeCloseTo(0.0264254, 7)
  expect(withOthers.value).toBeCloseTo(0.9725428, 7)
  expect(kappa.value).toBeCloseTo(0.864, 3)
  expect(alpha.value).toBeCloseTo(0.864, 3)
})

test('workers’ competence by MACE is the published one but for where the iteration stops', () => {
  const found = correlationsWith(publishedCompetence(), ukp)
  expect(found.map(({ workers }) => workers)).toEqual([3815, 3815, 3815, 3815, 3805])
  const [mace, bayes, confusion, coin, others] = found
  expect(mace!.spearman).toBeGreaterThan(0.985)
  expect(mace!.pearson).toBeGreaterThan(0.985)
  expect(bayes!.spearman).toBeCloseTo(0.742, 2)
  expect(confusion!.spearman).toBeCloseTo(0.62, 2)
  expect(coin!.spearman).toBeCloseTo(0.539, 2)
  expect(others!.spearman).toBeCloseTo(0.645, 3)
})

test('PandaLM’s annotators have the κ that its authors state, 0.85, 0.88 and 0.86, and like accuracies', () => {
  expect(kappasOf(panda).map(({ between, kappa }) => [...between, Number(kappa.value.toFixed(2))])).toEqual([
    [0, 1, 0.85],
    [0, 2, 0.88],
    [1, 2, 0.86],
  ])
  const people = annotatorsOf(panda)
  expect(people.map(({ accuracy }) => Number(accuracy.value.toFixed(2)))).toEqual([0.96, 0.94, 0.96])
  const errors = people.map(({ accuracy }) => Number(accuracy.standardError.toFixed(3)))
  expect(errors).toEqual([0.007, 0.007, 0.006])
})
