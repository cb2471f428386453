import { bestOfN, evaluateComparisons } from '@prefkit/evals'
import { fromComparisonReport } from './from-comparison-report'
import type { RewardReportData } from './report-data'

const wave = (i: number, speed: number) => Math.sin(i * speed) * Math.cos(i * 0.37 * speed + 1)

function evaluated(model: string, dataset: string, skill: number) {
  const rows = Array.from({ length: 240 }, (_, i) => i)
  const margins = rows.map((i) => skill + 2 * wave(i + 1, 1.7 + skill))
  const report = evaluateComparisons({
    chosenScores: margins,
    rejectedScores: rows.map(() => 0),
    chosenLengths: rows.map((i) => 40 + Math.round(20 * wave(i, 2.3))),
    rejectedLengths: rows.map(() => 40),
    groups: rows.map((i) => i % 12),
    resamples: 100,
  })
  const steps = Array.from({ length: 12 }, (_, i) => i + 1)
  return {
    ...fromComparisonReport(report, { model, dataset, trainingSeconds: 12.3 }),
    margins: [{ model, dataset, margins }],
    groupAccuracy: ['school uniform', 'plastic bottles', 'tv or books'].map((group, i) => ({
      model,
      dataset,
      group,
      pairs: 80,
      accuracy: 0.6 + 0.1 * i * skill,
      interval: { low: 0.5 + 0.1 * i * skill, high: 0.7 + 0.1 * i * skill },
    })),
    learningCurves: [
      {
        model,
        dataset,
        bestStep: 8,
        points: steps.map((step) => ({
          step,
          trainLoss: 0.7 / step,
          validationLoss: 0.5 + 0.2 / step,
          validationAccuracy: 0.8 - 0.3 / step,
        })),
      },
    ],
  }
}

/** A whole report's data, computed from formulas: two datasets, two models, a baseline. For the tests. */
export function sampleReport(): RewardReportData {
  const parts = ['debates', 'replies'].flatMap((dataset) => [
    evaluated('BT', dataset, 0.9),
    evaluated('CLF', dataset, 0.6),
  ])
  const golden = Array.from({ length: 20 }, (_, p) =>
    Array.from({ length: 8 }, (_, i) => wave(p * 8 + i, 3.1)),
  )
  const baseline = { name: 'longer wins', kind: 'baseline' as const, accuracy: 0.55, pairs: 240 }
  return {
    title: 'A sample',
    subtitle: 'Two models on two datasets.',
    createdAt: '1 January 2026',
    models: [...parts.flatMap(({ models }) => models), { ...baseline, dataset: 'debates' }],
    reliability: parts.flatMap(({ reliability }) => reliability),
    length: parts.flatMap(({ length }) => length),
    margins: parts.flatMap(({ margins }) => margins),
    groupAccuracy: parts.flatMap(({ groupAccuracy }) => groupAccuracy),
    learningCurves: parts.flatMap(({ learningCurves }) => learningCurves),
    bestOfN: [{ model: 'BT', curve: bestOfN({ scores: golden, golden, n: [1, 2, 4, 8], resamples: 50 }) }],
    mistakes: [
      {
        model: 'BT',
        dataset: 'debates',
        prompt: 'Uniforms?',
        chosen: 'Yes.',
        rejected: 'No.',
        chosenScore: -1.5,
        rejectedScore: 2,
        votes: { chosen: 3, rejected: 1, equal: 1 },
      },
    ],
    datasets: [
      {
        name: 'debates',
        pairs: 240,
        groups: 12,
        groupName: 'topics',
        licence: 'CC BY 4.0',
        attribution: 'Its authors',
      },
      { name: 'replies', pairs: 240 },
    ],
    environment: { facts: { backend: 'reference', seed: 7 }, commands: ['prefkit reward train --seed 7'] },
    config: { seed: 7 },
  }
}
