import type { ModelResult, RewardReportData } from './report-data'

/** How one model is drawn in every chart: a colour of the style sheet, and a shape for those who see no colour. */
export interface ModelLook {
  color: string
  symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | 'wye'
}

/** What every section of a report needs besides its own data. */
export interface ReportContext {
  /** How a model is drawn; the same in every chart. */
  look: (model: string) => ModelLook
  /** True when the report has several datasets, so that headings must name them. */
  severalDatasets: boolean
  /** Who decided the comparisons, in the plural. */
  annotators: string
}

const SYMBOLS: ModelLook['symbol'][] = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye']

/** Number of colours in the style sheet, `--series-1` and on. */
export const SERIES_COLORS = SYMBOLS.length

/** Everything in the data that belongs to a model and a dataset. */
function rows(data: RewardReportData): { model: string; dataset?: string; kind?: ModelResult['kind'] }[] {
  const results = (data.models ?? []).map(({ name, kind, dataset }) => ({ model: name, kind, dataset }))
  const { learningCurves, reliability, bestOfN, margins, groupAccuracy, length } = data
  const parts: (readonly { model: string; dataset?: string }[] | undefined)[] = [
    learningCurves,
    reliability,
    bestOfN,
    margins,
    groupAccuracy,
    length,
  ]
  return [...results, ...parts.flatMap((part) => part ?? [])]
}

/** Gives each model its look, in order of first appearance; baselines are all grey. */
export function createContext(data: RewardReportData): ReportContext {
  const baselines = new Set<string>()
  const models = new Set<string>()
  const datasets = new Set<string>()
  for (const { model, kind, dataset } of rows(data)) {
    if (kind === 'baseline') baselines.add(model)
    else if (!baselines.has(model)) models.add(model)
    if (dataset !== undefined) datasets.add(dataset)
  }
  const order = [...models]
  return {
    severalDatasets: datasets.size > 1,
    annotators: data.annotators ?? 'people',
    look: (model) => {
      const index = order.indexOf(model)
      if (index < 0) return { color: 'var(--muted)', symbol: 'circle' }
      return {
        color: `var(--series-${(index % SERIES_COLORS) + 1})`,
        symbol: SYMBOLS[index % SERIES_COLORS]!,
      }
    },
  }
}

/** Rows of each dataset, in order of first appearance; rows without one stand together. */
export function byDataset<Row extends { dataset?: string }>(
  rows: readonly Row[],
): [string | undefined, Row[]][] {
  const parts = new Map<string | undefined, Row[]>()
  for (const row of rows) {
    const known = parts.get(row.dataset)
    if (known) known.push(row)
    else parts.set(row.dataset, [row])
  }
  return [...parts]
}
