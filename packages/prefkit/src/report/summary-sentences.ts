import { formatBounds, formatCount, formatPercent } from './format-number'
import { byDataset } from './report-context'
import type { Bounds, ModelResult } from './report-data'

const byAccuracy = (a: ModelResult, b: ModelResult) => b.accuracy - a.accuracy

const isUsable = ({ accuracy }: ModelResult) => Number.isFinite(accuracy)

const hasBounds = (bounds: Bounds | undefined): bounds is Bounds =>
  bounds !== undefined && Number.isFinite(bounds.low) && Number.isFinite(bounds.high)

const points = (difference: number) => {
  const shown = (100 * Math.abs(difference)).toFixed(1)
  return `${shown} ${shown === '1.0' ? 'point' : 'points'}`
}

function againstBaseline(best: ModelResult, baseline: ModelResult): string {
  const difference = best.accuracy - baseline.accuracy
  const named = `the best baseline, “${baseline.name}” (${formatPercent(baseline.accuracy)})`
  if (difference === 0) return `That is no better than ${named}.`
  const side = difference > 0 ? 'above' : 'below'
  if (!hasBounds(best.interval)) return `That is ${points(difference)} ${side} ${named}.`
  const { low, high } = best.interval
  const excluded = baseline.accuracy < low || baseline.accuracy > high
  const verdict = excluded
    ? `and the interval excludes it, so chance alone hardly explains the ${difference > 0 ? 'gain' : 'loss'}`
    : 'but the interval includes it, so these comparisons cannot tell the two apart'
  return `That is ${points(difference)} ${side} ${named}, ${verdict}.`
}

function againstSecond(best: ModelResult, second: ModelResult): string {
  const difference = best.accuracy - second.accuracy
  if (difference === 0) return `${second.name} does exactly as well.`
  const start = `${second.name} comes next with ${formatPercent(second.accuracy)}`
  if (!hasBounds(best.interval)) return `${start}.`
  return second.accuracy >= best.interval.low
    ? `${start}, within the interval: too close to call.`
    : `${start}, below the interval.`
}

function forDataset(dataset: string | undefined, results: ModelResult[], annotators: string): string {
  const usable = results.filter(isUsable)
  const models = usable.filter(({ kind }) => kind !== 'baseline').sort(byAccuracy)
  const [baseline] = usable.filter(({ kind }) => kind === 'baseline').sort(byAccuracy)
  const [best, second] = models
  const place = dataset !== undefined ? `On ${dataset}, ` : ''
  if (!best) return ''
  const confidence = best.interval?.confidence ?? 0.95
  const interval = hasBounds(best.interval)
    ? ` (${formatPercent(confidence, 0)} interval ${formatBounds(best.interval)})`
    : ''
  const told = `agrees with ${annotators} on ${formatPercent(best.accuracy)} of ${formatCount(best.pairs)} unseen comparisons`
  const sentences = [`${place}${best.name} ${told}${interval}.`]
  if (baseline) sentences.push(againstBaseline(best, baseline))
  if (second) sentences.push(againstSecond(best, second))
  return sentences.join(' ')
}

/**
 * What a report found, in plain sentences written from the numbers: who wins on each dataset, by how much, and
 * whether the interval excludes the best baseline. Plain text, one string a dataset; empty without a usable model.
 *
 * @param annotators who decided the comparisons, in the plural
 */
export function summarySentences(models: readonly ModelResult[], annotators = 'people'): string[] {
  const parts = byDataset(models)
  return parts
    .map(([dataset, results]) => forDataset(dataset, results, annotators))
    .filter((text) => text !== '')
}
