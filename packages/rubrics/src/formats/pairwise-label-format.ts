import { checkOptions, formatValue } from '../check-options'
import type { PairFormat } from '../judge-format'
import { parsePreference } from '../parsing/parse-preference'
import { RubricError } from '../rubric-error'
import { type TemplateWith, template } from '../templates/template'
import { FENCE_NOTE } from './fence-note'
import { formatName } from './format-name'
import { type PairFormatOptions, type PairLabels, pairPrompt } from './pair-prompt'

/** Options of {@link pairwiseLabelFormat}. */
export interface PairwiseLabelFormatOptions extends Omit<PairFormatOptions, 'template'> {
  /** What the responses are called: two words of letters and digits, one token each. Default: `A` and `B`. */
  readonly labels?: PairLabels
  /** As in other pair formats, with the slots `labelA` and `labelB` besides. */
  readonly template?: TemplateWith<'prompt' | 'a' | 'b', 'rule' | 'reference' | 'fence' | 'labelA' | 'labelB'>
}

/** The prompt of `pairwiseLabelFormat`. */
export const labelTemplate = /* @__PURE__ */ template(`\
Two responses to a prompt are compared by a rule. ${FENCE_NOTE}

Rule: {{rule}}

{{prompt}}

{{reference}}

{{a}}

{{b}}

Which response is better by the rule? Answer with its label alone: {{labelA}} or {{labelB}}.`)

const isLabel = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9]+$/.test(value)

function checkLabels(labels: PairLabels): void {
  const given: Partial<PairLabels> | null = labels
  const { a, b } = given ?? {}
  if (isLabel(a) && isLabel(b) && a!.toLowerCase() !== b!.toLowerCase()) return
  const message = `labels are ${formatValue(a)} and ${formatValue(b)}; expected two different words of letters and digits`
  throw new RubricError('INVALID_OPTION', 'labels', message)
}

/**
 * Asks for the label of the better response and nothing else: a single token, as RLHFlow's pairwise preference models
 * answer, so that P(A) and P(B) can be read from `tokens`. The prompt is not the one those models were trained on.
 *
 * Throws `RubricError` for options, and for an item that is no pair, or lacks a reference that is required.
 */
export function pairwiseLabelFormat(options: PairwiseLabelFormatOptions = {}): PairFormat {
  const names = {
    name: true,
    system: true,
    reference: true,
    rule: true,
    template: true,
    labels: true,
  } as const
  checkOptions('pairwiseLabelFormat', options, names)
  const { labels = { a: 'A', b: 'B' }, template: shape = labelTemplate, ...rest } = options
  checkLabels(labels)
  const own = { labelA: labels.a, labelB: labels.b }
  return {
    name: formatName('pairwise-label-1', options),
    render: pairPrompt(rest, { template: shape, labels, own }),
    parse: (text, _, context) => parsePreference(text, { labels: { a: labels.a, b: labels.b }, ...context }),
    tokens: { a: [labels.a, ` ${labels.a}`], b: [labels.b, ` ${labels.b}`] },
  }
}
