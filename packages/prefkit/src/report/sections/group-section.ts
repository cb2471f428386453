import * as Plot from '@observablehq/plot'
import { drawChart, labelMargin, shortName } from '../draw-chart'
import { formatCount, formatPercent } from '../format-number'
import { figureGrid, figureHtml, modelLegend, ofDataset, sectionHtml } from '../html-parts'
import { byDataset, type ReportContext } from '../report-context'
import type { GroupAccuracy } from '../report-data'

const LONGEST = 28
const MOST_GROUPS = 40
const MOST_IN_PANEL = 14
const ROW_GAP = 7

const isUsable = ({ accuracy }: GroupAccuracy) => Number.isFinite(accuracy)

const isBounded = ({ interval }: GroupAccuracy) =>
  interval !== undefined && Number.isFinite(interval.low) && Number.isFinite(interval.high)

const tooltip = ({ model, group, pairs, accuracy }: GroupAccuracy) =>
  `${group}\n${model}: ${formatPercent(accuracy)} of ${formatCount(pairs)}`

/** Groups by the mean of their accuracies, best first; only the largest when there are too many to read. */
function chooseGroups(rows: GroupAccuracy[]): { groups: string[]; total: number } {
  const seen = new Map<string, { pairs: number; sum: number; count: number }>()
  for (const { group, pairs, accuracy } of rows) {
    const known = seen.get(group) ?? { pairs: 0, sum: 0, count: 0 }
    seen.set(group, {
      pairs: Math.max(known.pairs, pairs),
      sum: known.sum + accuracy,
      count: known.count + 1,
    })
  }
  const largest = [...seen].sort(([, a], [, b]) => b.pairs - a.pairs).slice(0, MOST_GROUPS)
  const groups = largest.sort(([, a], [, b]) => b.sum / b.count - a.sum / a.count).map(([group]) => group)
  return { groups, total: seen.size }
}

/** What the panels of one dataset share. */
interface GroupPanel {
  rows: GroupAccuracy[]
  groups: string[]
  models: string[]
  /** Lower end of the accuracy axis, in [0, 1]. */
  lowest: number
}

function groupChart({ rows, groups, models, lowest }: GroupPanel, { look }: ReportContext): string {
  const marks = models.flatMap((model, i) => {
    const own = rows.filter((row) => row.model === model && groups.includes(row.group))
    const { color, symbol } = look(model)
    const dy = ROW_GAP * (i - (models.length - 1) / 2)
    const bounds = { x1: (d: GroupAccuracy) => d.interval!.low, x2: (d: GroupAccuracy) => d.interval!.high }
    const line = { stroke: color, strokeOpacity: 0.4, strokeWidth: 1.5 }
    return [
      Plot.ruleY(own.filter(isBounded), { y: 'group', ...bounds, ...line, dy }),
      Plot.dot(own, { y: 'group', x: 'accuracy', fill: color, symbol, r: 3.5, dy, title: tooltip }),
    ]
  })
  return drawChart({
    description: `Accuracy of ${models.join(', ')} in ${groups.length} groups`,
    height: 60 + groups.length * (16 + ROW_GAP * (models.length - 1)),
    marginTop: 16,
    marginLeft: labelMargin(groups, LONGEST),
    x: { label: 'accuracy (%)', percent: true, domain: [100 * lowest, 100], grid: true, ticks: 5 },
    y: { label: null, domain: groups, tickFormat: (group: string) => shortName(group, LONGEST), tickSize: 0 },
    marks: [Plot.ruleX([0.5], { stroke: 'var(--muted)', strokeDasharray: '3,3' }), ...marks],
  })
}

function groupFigures(
  dataset: string | undefined,
  all: GroupAccuracy[],
  groupName: string,
  context: ReportContext,
): string[] {
  const rows = all.filter(isUsable)
  const { groups, total } = chooseGroups(rows)
  const models = [...new Set(rows.map(({ model }) => model))]
  const edges = rows.flatMap((row) => (isBounded(row) ? [row.interval!.low] : [row.accuracy]))
  const lowest = Math.min(0.5, ...edges)
  const cut = total > groups.length ? ` The ${groups.length} largest of ${total} are shown.` : ''
  const title = ofDataset(`Accuracy by ${groupName}`, dataset, context)
  const half = groups.length > MOST_IN_PANEL ? Math.ceil(groups.length / 2) : groups.length
  const panels = [groups.slice(0, half), groups.slice(half)].filter((panel) => panel.length > 0)
  return panels.map((panel, i) =>
    figureHtml({
      title: panels.length === 1 ? title : `${title}: the ${i === 0 ? 'better' : 'worse'} half`,
      legend: modelLegend(models, context),
      chart: groupChart({ rows, groups: panel, models, lowest }, context),
      caption: `One row a ${groupName}, best first; thin lines are intervals; the dashed line is a coin flip.${cut}`,
    }),
  )
}

/** Accuracy in each group (topic, source), a chart a dataset; two when there are many groups. */
export function groupSection(
  rows: readonly GroupAccuracy[],
  groupName: string,
  context: ReportContext,
): string {
  const figures = byDataset(rows).flatMap(([dataset, part]) =>
    groupFigures(dataset, part, groupName, context),
  )
  return sectionHtml('groups', 'Where is it good, and where not?', '', [figureGrid(figures)])
}
