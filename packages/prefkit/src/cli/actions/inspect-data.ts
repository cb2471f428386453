import {
  type Counted,
  type DialectName,
  type Inspection,
  inspectComparisons,
  type LabelCoding,
  readComparisons,
} from '@prefkit/datasets'
import { readProgress } from '../../reward/read-progress'
import { describeReading } from '../describe-reading'
import { counted, formatTable, percent } from '../format-table'
import { interruptible } from '../interruptible'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'

/** Options of `prefkit data inspect`. */
export interface InspectOptions {
  readonly dialect?: DialectName
  readonly texts?: string
  readonly labels?: LabelCoding
  readonly json: boolean
}

/** Most bad rows that are shown. */
const shownErrors = 10

/** Runs `prefkit data inspect`: bad rows are what it is to find, so they do not stop it. */
export async function inspectData(files: string[], { json, ...options }: InspectOptions): Promise<void> {
  const reader = readComparisons(files, { ...options, skipBad: true, maxErrors: shownErrors })
  const progress = showProgress(json)
  const inspection = await interruptible('nothing was written', (signal) =>
    inspectComparisons(readProgress(reader, files, { onProgress: progress.onProgress, signal })),
  ).finally(progress.stop)
  const { report } = reader
  if (json) {
    printJson({ report, inspection })
    return
  }
  printText(describeReading(report))
  if (inspection.comparisons > 0) printText(`\n${describeInspection(inspection)}`)
}

function describeInspection(inspection: Inspection): string {
  const { lengths, prompts, withoutPrompt, longerChosen, sources, votes, margins } = inspection
  const named = sources.filter(({ source }) => source !== '')
  const facts = [
    ...(prompts > 0 ? [counted(prompts, 'different prompt')] : []),
    ...(withoutPrompt > 0 ? [`${counted(withoutPrompt, 'comparison')} without a prompt`] : []),
    `the chosen response is longer in ${percent(longerChosen)} of the pairs of different lengths`,
    ...(named.length > 0
      ? [
          `sources: ${named
            .slice(0, 8)
            .map(({ source, count }) => `${source} (${count})`)
            .join(', ')}${named.length > 8 ? `, and ${named.length - 8} more` : ''}`,
        ]
      : []),
    ...(votes.count > 0
      ? [
          `${counted(votes.count, 'comparison')} with votes; ${percent(votes.agreement)} of them for the chosen response`,
        ]
      : []),
    ...(margins.count > 0
      ? [
          `${counted(margins.count, 'margin')} from ${margins.min} to ${margins.max}, mean ${margins.mean.toPrecision(3)}`,
        ]
      : []),
  ]
  const rows = (['prompt', 'chosen', 'rejected'] as const).map((name) => {
    const { min, median, mean, p95, max } = lengths[name]
    return [name, ...[min, median, mean, p95, max].map((value) => value.toFixed(0))]
  })
  const table = formatTable([['characters', 'min', 'median', 'mean', '95 %', 'max'], ...rows])
  return [...facts, '', table, '', describeFaults(inspection)].join('\n')
}

function describeFaults(inspection: Inspection): string {
  const { nearDuplicates, contradictory, nearIdentical, empty, repeatedIds } = inspection
  const faults: readonly [string, Counted][] = [
    ['that repeat an earlier one (case and white space aside)', nearDuplicates],
    ['judged the other way by an earlier one', contradictory],
    ['with two responses that are the same', nearIdentical],
    ['with an empty response', empty],
    ['with an id that an earlier one has', repeatedIds],
  ]
  const found = faults.filter(([, { count }]) => count > 0)
  if (found.length === 0) return 'no duplicates, contradictions, identical pairs or empty responses'
  return found
    .map(
      ([what, { count, examples }]) =>
        `${counted(count, 'comparison')} ${what}: ${examples.join(', ')}${count > examples.length ? ', …' : ''}`,
    )
    .join('\n')
}
