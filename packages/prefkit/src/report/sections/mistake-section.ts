import { escapeHtml } from '../escape-html'
import { formatCount, formatDecimal } from '../format-number'
import { sectionHtml } from '../html-parts'
import type { ReportContext } from '../report-context'
import type { Mistake } from '../report-data'
import { behindWarning, textBlock } from '../text-block'

/** Most mistakes that a report shows. */
export const MOST_MISTAKES = 24

function votesText({ votes }: Mistake): string {
  if (votes === undefined) return ''
  const { chosen, rejected, equal } = votes
  const undecided = equal ? `, ${formatCount(equal)} saw no difference` : ''
  return `Annotators: ${formatCount(chosen)} for the chosen, ${formatCount(rejected)} for the rejected${undecided}.`
}

const capitalised = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

function sideHtml(label: string, text: string, score: number, className: string): string {
  return `<div class="${className}"><h4>${escapeHtml(label)} <span class="score">score ${formatDecimal(score, 2)}</span></h4>${textBlock(text)}</div>`
}

function mistakeHtml(mistake: Mistake, { severalDatasets, annotators }: ReportContext): string {
  const { model, dataset, prompt, chosen, rejected, chosenScore, rejectedScore } = mistake
  const where = severalDatasets && dataset !== undefined ? `, ${dataset}` : ''
  const margin = formatDecimal(chosenScore - rejectedScore, 2)
  return `<article>
<p class="meta"><strong>${escapeHtml(model)}</strong>${escapeHtml(where)} · margin ${margin}. ${votesText(mistake)}</p>
${prompt === undefined ? '' : `<h4>Prompt</h4>${textBlock(prompt)}`}
<div class="sides">${sideHtml(`${capitalised(annotators)} chose`, chosen, chosenScore, 'chosen')}${sideHtml('The model preferred', rejected, rejectedScore, 'rejected')}</div>
</article>`
}

/** The worst mistakes with their texts; behind a warning when they may offend. */
export function mistakeSection(
  mistakes: readonly Mistake[],
  mayOffend: boolean,
  context: ReportContext,
): string {
  if (mistakes.length === 0) return ''
  const shown = mistakes.slice(0, MOST_MISTAKES)
  const rest = mistakes.length - shown.length
  const articles = shown.map((mistake) => mistakeHtml(mistake, context)).join('\n')
  const cut = rest > 0 ? `<p>${formatCount(rest)} more are left out here.</p>` : ''
  const count = shown.length === 1 ? 'the mistake' : `${shown.length} mistakes`
  const body = mayOffend ? behindWarning(count, `${articles}${cut}`) : `${articles}${cut}`
  const lead = `The comparisons in which a model was surest and ${context.annotators} disagreed. Read them before trusting a number: some are the model’s errors, some are noise in the labels.`
  return sectionHtml('mistakes', 'What were the worst mistakes?', lead, [body])
}
