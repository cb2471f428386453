import type { Estimate } from '@prefkit/noise'
import type { AnnotatorEstimate, NoiseEstimate } from '../noise/estimate-noise'
import { modelMeanings, modelTitles } from '../noise/fit-abilities'
import { counted, formatTable } from './format-table'

/** Annotators listed: the best and as many of the worst. */
const shown = 3

const number = (value: number | null | undefined, digits = 3): string =>
  value !== null && Number.isFinite(value) ? value!.toFixed(digits) : '–'

const row = (name: string, estimate: Estimate | null): string[] => [
  name,
  number(estimate?.value),
  estimate && Number.isFinite(estimate.standardError) ? `± ${number(estimate.standardError)}` : '',
]

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!

function describeAbilities({ abilities, model }: NoiseEstimate): string[] {
  const known = abilities.filter(({ accuracy }) => accuracy !== null)
  if (known.length === 0) return []
  const sorted = known.toSorted((a, b) => b.accuracy! - a.accuracy!)
  const values = sorted.map(({ accuracy }) => accuracy!).reverse()
  const rows = (own: readonly AnnotatorEstimate[]) =>
    own.map(({ annotator, votes, accuracy, accuracyError, withOthers }) => [
      `${annotator}`,
      `${votes}`,
      number(accuracy),
      accuracyError === null ? '–' : `± ${number(accuracyError)}`,
      number(withOthers),
    ])
  const isLong = sorted.length > 2 * shown
  const left = sorted.length - 2 * shown
  const list = isLong
    ? [...rows(sorted.slice(0, shown)), [`… ${left} more`, '', '', '', ''], ...rows(sorted.slice(-shown))]
    : rows(sorted)
  const spread = [0.1, 0.5, 0.9].map((share) => number(quantile(values, share))).join(', ')
  return [
    '',
    `${modelMeanings[model]}, ${modelTitles[model]} (10 %, median, 90 % of annotators: ${spread})`,
    '',
    formatTable([['annotator', 'votes', 'right', 'error', 'with others'], ...list]),
  ]
}

/** What was estimated, in tables. */
export function describeNoise(estimate: NoiseEstimate): string {
  const { votes, annotators, items, labels, tie, wrong, beta, notes, remarks } = estimate
  const counts = labels.map(({ label, count }) => `${label} (${count}${label === tie ? ', ties' : ''})`)
  const measures = [
    row('two votes agree', estimate.agreement),
    row('flip rate that implies', estimate.flipRate),
    row('a vote is what most others say', estimate.withOthers),
    row(`Fleiss’ κ${tie === null ? '' : ', with ties'}`, estimate.fleissKappa),
    row(`Krippendorff’s α${tie === null ? '' : ', with ties'}`, estimate.krippendorffAlpha),
    ...(wrong ? [row('wrong against the scores, counted', wrong)] : []),
    ...(beta
      ? [
          row('β, from differences of scores', { value: beta.beta, standardError: beta.standardError }),
          row('wrong as β implies', { value: beta.errorRate, standardError: beta.errorRateStandardError }),
        ]
      : []),
  ]
  return [
    `${counted(votes, 'vote')} by ${counted(annotators, 'annotator')} on ${counted(items, 'item')}`,
    `labels: ${counts.slice(0, 8).join(', ')}${counts.length > 8 ? `, and ${counts.length - 8} more` : ''}`,
    '',
    formatTable(measures),
    ...describeAbilities(estimate),
    ...(remarks.length > 0 ? ['', ...remarks.map((remark) => `note: ${remark}`)] : []),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `not estimated: ${note}`)] : []),
  ].join('\n')
}
