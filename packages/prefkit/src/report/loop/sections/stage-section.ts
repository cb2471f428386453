import { escapeHtml } from '../../escape-html'
import { formatCount, formatDecimal } from '../../format-number'
import { figureGrid, sectionHtml, tableHtml } from '../../html-parts'
import { type RunData, recordsOf, stageTitle } from '../run-data'
import { winNames } from '../run-settings'
import { stageFigures } from '../stage-figures'
import { numberNames, seriesOf } from '../step-series'

/** What only a stage that trains logs. */
const trains: ReadonlySet<string> = new Set(['loss', 'loss/policy_avg', 'learning_rate', 'grad_norm'])

/** A number of any size, for reading. */
const numberText = (value: number): string => {
  if (Number.isInteger(value)) return formatCount(value)
  const isSmall = Math.abs(value) < 1e-3
  return isSmall
    ? value.toExponential(2).replaceAll('-', '−')
    : formatDecimal(value, Math.abs(value) < 10 ? 3 : 1)
}

const summaryText = (value: string | number | boolean | null): string =>
  typeof value === 'number' ? numberText(value) : String(value)

/** What the stage came to, in its own words. */
function summaryList({ results }: RunData, stage: string): string {
  const summary = results.find((result) => result.stage === stage)?.summary ?? {}
  const items = Object.entries(summary)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(summaryText(value))}</dd></div>`,
    )
  return items.length === 0 ? '' : `<dl>${items.join('')}</dl>`
}

/** The numbers of a stage whose steps are parts of its data. */
function dataTable(run: RunData, stage: string): string {
  const records = recordsOf(run, stage)
  const rows = numberNames(records).map((name) => {
    const values = seriesOf(records, name).map(({ value }) => value)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return { cells: [name, ...[mean, Math.min(...values), Math.max(...values)].map(numberText)] }
  })
  const columns = ['Mean', 'Lowest', 'Highest'].map((heading) => ({ heading, numeric: true }))
  const caption = `Over ${formatCount(records.length)} ${records.length === 1 ? 'step' : 'steps'}`
  return rows.length === 0 ? '' : tableHtml([{ heading: 'Number' }, ...columns], rows, caption)
}

/** The anchor of a stage's section. */
export const stageId = (stage: string): string => `stage-${stage.replace(/[^\w-]/g, '-')}`

/** What a stage has logged: curves where it trains, a table where its steps are parts of its data. */
export function stageSection(run: RunData, stage: string): string {
  const records = recordsOf(run, stage)
  const isTraining = numberNames(records).some((name) => trains.has(name))
  const { figures, others } = isTraining
    ? stageFigures(records, winNames(run.settings))
    : { figures: [], others: [] }
  const more = figureGrid(others)
  return sectionHtml(stageId(stage), stageTitle(stage), '', [
    summaryList(run, stage),
    isTraining ? figureGrid(figures) : dataTable(run, stage),
    more === ''
      ? ''
      : `<details id="${stageId(stage)}-more"><summary>Everything else that was logged: ${formatCount(others.length)} numbers</summary>${more}</details>`,
  ])
}
