import type { MeanInterval } from '@prefkit/evals'
import { formatDecimal, formatPercent } from '../../format-number'
import { type Column, sectionHtml, tableHtml } from '../../html-parts'
import { type Course, courseOf, type Outcome, outcomesOf } from '../outcomes'
import type { RunData } from '../run-data'

const columns: readonly Column[] = [
  { heading: 'Measure' },
  { heading: 'First', numeric: true },
  { heading: 'Last', numeric: true },
  { heading: 'Change', numeric: true },
  {
    heading: '95 % interval',
    title: 'Where the true change plausibly lies, given how many prompts it was measured on',
    numeric: true,
  },
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

const cellsOf = (outcome: Outcome, { from, to, change }: Course): string[] => [
  outcome.name,
  outcomeText(from, outcome),
  outcomeText(to, outcome),
  changeText(to - from, outcome),
  change === undefined ? '–' : changeBounds(change, outcome),
]

/** What the policy came to: first and last, with the interval of the change over prompts. */
export function resultSection(run: RunData): string {
  const rows = Object.values(outcomesOf(run.settings)).flatMap((outcome: Outcome) => {
    const course = courseOf(run, outcome)
    return course ? [{ outcome, course }] : []
  })
  const [first] = rows
  if (!first) return ''
  const { prompts, when } = first.course
  const where =
    prompts === undefined
      ? `on the prompts that it learns from, ${when.join(' and ')}`
      : `on ${prompts} held-out prompts with the same random numbers, ${when.join(' and at ')}`
  return sectionHtml(
    'results',
    'What did the policy come to?',
    `Measured ${where}. Changes of shares are in points.`,
    [
      tableHtml(
        columns,
        rows.map(({ outcome, course }) => ({ cells: cellsOf(outcome, course) })),
      ),
    ],
  )
}
