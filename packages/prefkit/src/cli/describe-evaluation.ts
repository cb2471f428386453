import type { ComparisonReport } from '@prefkit/evals'
import { accuracyInterval } from '../report/accuracy-interval'
import { counted, formatTable, percent, percentRange } from './format-table'

/** Most sources that are listed, the largest first. */
const shownSources = 20

const orNone = (accuracy: number | null): string => (accuracy === null ? '–' : percent(accuracy))

const whereLength = ({ chosenLonger, chosenShorter }: NonNullable<ComparisonReport['length']>): string =>
  `${orNone(chosenLonger.accuracy)} where the chosen one is longer, ${orNone(chosenShorter.accuracy)} where it is shorter`

/** An evaluation in a few lines: accuracy, honesty of the probabilities, length, sources. */
export function describeEvaluation({
  accuracy,
  calibration,
  length,
  sources,
  comparisons,
}: ComparisonReport): string {
  const { ties } = accuracy
  const range = percentRange(accuracyInterval(accuracy))
  const lines = [
    `accuracy ${percent(accuracy.accuracy)} (95 %: ${range}) on ${counted(comparisons, 'comparison')}${ties > 0 ? `, ${ties} of them tied` : ''}`,
    `log loss ${calibration.logLoss.toFixed(3)}, expected calibration error ${percent(calibration.expectedCalibrationError)}, Brier ${calibration.brier.brier.toFixed(3)}`,
    ...(length
      ? [
          `"the longer response wins" would score ${percent(length.longerWins.accuracy)}; the model ${whereLength(length)}`,
        ]
      : []),
  ]
  const best = length ? Math.max(length.longerWins.accuracy, 1 - length.longerWins.accuracy) : 0
  if (accuracy.accuracy <= best) lines.push(`warning: picking by length alone is as good (${percent(best)})`)
  if (!sources) return lines.join('\n')
  const bySize = sources.toSorted((a, b) => b.accuracy.total - a.accuracy.total)
  const rows = bySize
    .slice(0, shownSources)
    .map((source) => [
      `${source.source || '(none)'}`,
      `${source.accuracy.total}`,
      percent(source.accuracy.accuracy),
      percentRange(source.accuracy.wilson),
    ])
  const more =
    sources.length > shownSources ? [`… and ${sources.length - shownSources} smaller ones, in --json`] : []
  return [...lines, '', formatTable([['source', 'pairs', 'accuracy', '95 %'], ...rows]), ...more].join('\n')
}
