import { escapeHtml, truncateText } from './escape-html'
import { formatCount } from './format-number'

/** Most characters of one text that a report shows. */
export const textLimit = 1500

/** A text as a quotation, cut to what people read, with how much was cut. */
export function textBlock(text: string): string {
  const { text: shown, hidden } = truncateText(text, textLimit)
  const more = hidden > 0 ? ` <span class="more">… ${formatCount(hidden)} more characters</span>` : ''
  const body = shown.trim() === '' ? '<span class="more">(empty)</span>' : escapeHtml(shown)
  return `<blockquote>${body}${more}</blockquote>`
}

/** Markup behind a warning that readers have to open. */
export const behindWarning = (count: string, markup: string): string =>
  `<details><summary><span>Show ${escapeHtml(count)}.</span> <strong>Warning:</strong> real texts that people wrote or models produced; some may be offensive or disturbing.</summary>${markup}</details>`
