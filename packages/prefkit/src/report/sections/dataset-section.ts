import { escapeHtml } from '../escape-html'
import { formatCount } from '../format-number'
import { sectionHtml, tableHtml } from '../html-parts'
import type { ReportDataset } from '../report-data'

/** The datasets: sizes, splits, licences, and the attributions owed. */
export function datasetSection(datasets: readonly ReportDataset[]): string {
  if (datasets.length === 0) return ''
  const columns = [
    { heading: 'Dataset' },
    { heading: 'Comparisons', numeric: true },
    { heading: 'Groups', title: 'What is kept whole on one side of a split', numeric: true },
    { heading: 'Split' },
    { heading: 'Licence' },
  ]
  const rows = datasets.map(({ name, pairs, groups, groupName = 'groups', split, licence }) => ({
    cells: [
      name,
      formatCount(pairs),
      groups === undefined ? '–' : `${formatCount(groups)} ${groupName}`,
      split ?? '–',
      licence ?? '–',
    ],
  }))
  const owed = datasets.filter(({ attribution }) => attribution !== undefined)
  const credits = owed.map(
    ({ name, attribution }) => `<li><strong>${escapeHtml(name)}:</strong> ${escapeHtml(attribution!)}</li>`,
  )
  const list = credits.length > 0 ? `<ul class="credits">${credits.join('')}</ul>` : ''
  return sectionHtml('data', 'What data is this?', '', [tableHtml(columns, rows), list])
}
