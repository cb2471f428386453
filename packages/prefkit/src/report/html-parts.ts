import { escapeHtml } from './escape-html'
import type { ReportContext } from './report-context'

/** One figure: a drawn chart, who is who, and how to read it. `chart` is markup, all else plain text. */
export interface FigureParts {
  title: string
  chart: string
  caption: string
  /** Series shown, in order; left out for a single one that the title names. */
  legend?: readonly { name: string; color: string; symbol?: string; dashed?: boolean }[]
}

const MARKS: Readonly<Record<string, string>> = {
  circle: '●',
  square: '■',
  triangle: '▲',
  diamond: '◆',
  star: '★',
  wye: '⅄',
  hollow: '○',
}

/** A figure as HTML. */
export function figureHtml({ title, chart, caption, legend = [] }: FigureParts): string {
  const items = legend.map(({ name, color, symbol = 'circle', dashed }) => {
    const key = dashed ? '<span class="dash"></span>' : `<span>${MARKS[symbol]}</span>`
    return `<li style="--key:${color}">${key} ${escapeHtml(name)}</li>`
  })
  const list = items.length > 0 ? `<ul class="legend">${items.join('')}</ul>` : ''
  const plot = `<div><h3>${escapeHtml(title)}</h3>${list}${chart}</div>`
  return `<figure>${plot}<figcaption>${escapeHtml(caption)}</figcaption></figure>`
}

/** Legend entries of models in a chart. */
export const modelLegend = (models: readonly string[], { look }: ReportContext) =>
  [...new Set(models)].map((name) => ({ name, ...look(name) }))

/** A section with an anchor; empty parts are dropped, and a section without any is no section. */
export function sectionHtml(id: string, title: string, lead: string, parts: readonly string[]): string {
  const body = parts.filter((part) => part !== '')
  if (body.length === 0) return ''
  const text = lead === '' ? '' : `<p>${escapeHtml(lead)}</p>`
  return `<section id="${id}"><h2>${escapeHtml(title)}</h2>${text}${body.join('\n')}</section>`
}

/** Figures side by side where there is room. */
export const figureGrid = (figures: readonly string[]) => {
  const shown = figures.filter((figure) => figure !== '')
  return shown.length === 0 ? '' : `<div class="figures">${shown.join('\n')}</div>`
}

/** A column of {@link tableHtml}: its heading, what the heading means, and whether it holds numbers. */
export interface Column {
  heading: string
  title?: string
  numeric?: boolean
}

/** A table of plain text cells, with a caption if any, in a box that scrolls sideways on a narrow screen. */
export function tableHtml(
  columns: readonly Column[],
  rows: readonly { cells: readonly string[]; className?: string }[],
  caption?: string,
) {
  const numeric = (i: number) => (columns[i]?.numeric ? ' class="n"' : '')
  const title = caption === undefined ? '' : `<caption>${escapeHtml(caption)}</caption>`
  const head = columns.map(({ heading, title }, i) => {
    const text = escapeHtml(heading)
    return `<th scope="col"${numeric(i)}>${title ? `<abbr title="${escapeHtml(title)}">${text}</abbr>` : text}</th>`
  })
  const body = rows.map(({ cells, className }) => {
    const cell = (text: string, i: number) =>
      i === 0 ? `<th scope="row">${escapeHtml(text)}</th>` : `<td${numeric(i)}>${escapeHtml(text)}</td>`
    return `<tr${className ? ` class="${className}"` : ''}>${cells.map(cell).join('')}</tr>`
  })
  return `<div class="scroll" tabindex="0"><table>${title}<thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

/** A dataset's name for a figure's title, where there are several. */
export const ofDataset = (title: string, dataset: string | undefined, { severalDatasets }: ReportContext) =>
  severalDatasets && dataset !== undefined ? `${title}, ${dataset}` : title
