import { escapeHtml } from './escape-html'
import { REPORT_STYLE } from './report-style'

/** A page: plain text, except for its sections. */
export interface PageParts {
  readonly title: string
  readonly subtitle?: string | undefined
  readonly date?: string | undefined
  /** Plain sentences that come first. */
  readonly summary: readonly string[]
  /** Links to sections that are there, by anchor; shown where there are several. */
  readonly links?: readonly { readonly id: string; readonly name: string }[]
  /** Sections as markup; empty ones are left out. */
  readonly sections: readonly string[]
}

const lineHtml = (className: string, text: string | undefined): string =>
  text === undefined ? '' : `<p class="${className}">${escapeHtml(text)}</p>`

function summaryHtml(summary: readonly string[]): string {
  const sentences = summary.map((text) => `<p>${escapeHtml(text)}</p>`)
  return sentences.length > 0 ? `<div class="summary">${sentences.join('')}</div>` : ''
}

function linksHtml(links: readonly { readonly id: string; readonly name: string }[]): string {
  if (links.length < 2) return ''
  const items = links.map(({ id, name }) => `<a href="#${id}">${escapeHtml(name)}</a>`)
  return `<nav aria-label="Sections">${items.join('')}</nav>`
}

/**
 * One self-contained page: it asks the network for nothing and runs no script, which its content security policy forbids; it
 * follows the reader's light or dark setting, and prints.
 */
export function pageHtml({ title, subtitle, date, summary, links = [], sections }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${lineHtml('subtitle', subtitle)}
${lineHtml('date', date)}
${summaryHtml(summary)}
${linksHtml(links)}
</header>
<main>
${sections.filter((section) => section !== '').join('\n')}
</main>
<footer>Made by prefkit. This page is one file: it loads nothing and runs no script.</footer>
</body>
</html>
`
}
