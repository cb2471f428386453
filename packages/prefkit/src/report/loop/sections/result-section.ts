import type { MeanInterval } from '@prefkit/evals'
import { counted, formatDecimal, formatPercent } from '../../format-number'
import { type Column, sectionHtml, tableHtml } from '../../html-parts'
import { type Course, courseOf, type Outcome, outcomesOf, partsOf } from '../outcomes'
import type { RunData } from '../run-data'

const plausible = 'Where the true value plausibly lies, given how many prompts it was measured on'

const columns: readonly Column[] = [
  { heading: 'Measure' },
  { heading: 'First', numeric: true },
  { heading: '95 %', title: plausible, numeric: true },
  { heading: 'Last', numeric: true },
  { heading: '95 %', title: plausible, numeric: true },
  { heading: 'Change', numeric: true },
  { heading: '95 %', title: plausible, numeric: true },
]

/** A number of an outcome, for reading. */
export const outcomeText = (value: number | undefined, { percent }: Pick<Outcome, 'percent'>): string =>
  percent ? formatPercent(value) : formatDecimal(value, 2)

/** A difference of an outcome with its sign; of shares in points. */
const changeText = (value: number, { percent }: Pick<Outcome, 'percent'>): string => {
  const shown = percent ? formatDecimal(100 * value, 1) : formatDecimal(value, 2)
  return `${value > 0 ? '+' : ''}${shown}`
}

/** An interval of a difference. */
export const changeBounds = ({ low, high }: MeanInterval, outcome: Pick<Outcome, 'percent'>): string =>
  `${changeText(low, outcome)} to ${changeText(high, outcome)}`

/** An interval of an outcome. */
const boundsText = (bounds: MeanInterval | undefined, outcome: Pick<Outcome, 'percent'>): string =>
  bounds ? `${outcomeText(bounds.low, outcome)} to ${outcomeText(bounds.high, outcome)}` : '–'

/** An outcome with its course, as cells: first, last and change, each with its interval over prompts. */
export const courseCells = (outcome: Outcome, { from, to, change, bounds }: Course): string[] => [
  outcome.name,
  ...[outcomeText(from, outcome), boundsText(bounds?.[0], outcome)],
  ...[outcomeText(to, outcome), boundsText(bounds?.[1], outcome)],
  changeText(to - from, outcome),
  change === undefined ? '–' : changeBounds(change, outcome),
]

/** What a run's outcomes went through, those that were measured. */
export const coursesOf = (run: RunData): { readonly outcome: Outcome; readonly course: Course }[] =>
  [...Object.values(outcomesOf(run.settings)), ...partsOf(run)].flatMap((outcome: Outcome) => {
    const course = courseOf(run, outcome)
    return course ? [{ outcome, course }] : []
  })

/** What it was measured on, `24 held-out prompts × 4 responses`; undefined where that were those that are learned from. */
export const measuredOn = ({ prompts, responses }: Course): string | undefined => {
  if (!prompts || !responses) return undefined
  const each = responses / prompts
  const drawn = Number.isInteger(each)
    ? ` × ${counted(each, 'response')}`
    : `, ${counted(responses, 'response')}`
  return `${counted(prompts, 'held-out prompt')}${drawn}`
}

/** What the policy came to: first and last, with the interval of the change over prompts. */
export function resultSection(run: RunData): string {
  const rows = coursesOf(run)
  const [first] = rows
  if (!first) return ''
  const { when } = first.course
  const on = measuredOn(first.course)
  const where =
    on === undefined
      ? `on the prompts that it learns from, ${when.join(' and ')}`
      : `on ${on} with the same random numbers, ${when.join(' and at ')}`
  return sectionHtml(
    'results',
    'What did the policy come to?',
    `Measured ${where}. Intervals are over prompts; changes of shares are in points.`,
    [
      tableHtml(
        columns,
        rows.map(({ outcome, course }) => ({ cells: courseCells(outcome, course) })),
      ),
    ],
  )
}
