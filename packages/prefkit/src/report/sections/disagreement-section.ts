import { escapeHtml } from '../escape-html'
import { formatCount } from '../format-number'
import { sectionHtml } from '../html-parts'
import { behindWarning, textBlock } from '../text-block'

/** What a judge said when it was asked once. */
export interface ShownReading {
  /** What was asked and answered, such as `chosen shown first: prefers the other`. */
  readonly heading: string
  /** The judge's text, where it wrote one. */
  readonly text?: string | undefined
}

/** A comparison on which a judge and the labels differ. Texts are escaped, and cut when long. */
export interface Disagreement {
  readonly id: string
  /** The part of the data that it is from. */
  readonly group?: string | undefined
  readonly prompt: string
  /** The response that the labels prefer. */
  readonly chosen: string
  readonly rejected: string
  /** What the judge thinks of the pair, in words. */
  readonly opinion: string
  /** How sure the judge is of it: surer ones are shown first. */
  readonly sureness: number
  readonly readings: readonly ShownReading[]
}

/** Most disagreements that a report shows. */
export const mostDisagreements = 50

const readingHtml = ({ heading, text }: ShownReading): string =>
  `<h4>${escapeHtml(heading)}</h4>${text === undefined ? '' : textBlock(text)}`

function disagreementHtml({ id, group, prompt, chosen, rejected, opinion, readings }: Disagreement): string {
  const where = group === undefined ? '' : `, ${escapeHtml(group)}`
  const answers =
    readings.length === 0
      ? ''
      : `<div class="sides">${readings.map((each) => `<div>${readingHtml(each)}</div>`).join('')}</div>`
  return `<article>
<p class="meta"><strong>${escapeHtml(id)}</strong>${where} · ${escapeHtml(opinion)}</p>
${prompt === '' ? '' : `<h4>Prompt</h4>${textBlock(prompt)}`}
<div class="sides"><div class="chosen"><h4>Labelled better</h4>${textBlock(chosen)}</div><div class="rejected"><h4>Labelled worse</h4>${textBlock(rejected)}</div></div>
${answers}
</article>`
}

/**
 * Comparisons on which judge and labels differ, side by side with what the judge said: those it was surest of first.
 * @param total how many there are, where only the surest are given.
 */
export function disagreementSection(
  disagreements: readonly Disagreement[],
  total: number = disagreements.length,
): string {
  if (disagreements.length === 0) return ''
  const shown = disagreements.toSorted((a, b) => b.sureness - a.sureness).slice(0, mostDisagreements)
  const rest = total - shown.length
  const cut = rest > 0 ? `<p>${formatCount(rest)} more are left out here.</p>` : ''
  const count = shown.length === 1 ? 'the disagreement' : `${shown.length} disagreements`
  const lead =
    'What the judge preferred and the labels did not, surest first. Some are errors of the judge, some of the labels.'
  const markup = `${shown.map(disagreementHtml).join('\n')}${cut}`
  return sectionHtml('disagreements', 'Where do judge and labels differ?', lead, [
    behindWarning(count, markup),
  ])
}
