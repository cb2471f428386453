import { checkOptions } from '../check-options'
import { checkText } from '../containment/conversation'
import type { ListItem } from '../items'
import type { ListFormat } from '../judge-format'
import { parseRanking } from '../parsing/parse-ranking'
import { RubricError } from '../rubric-error'
import { type TemplateWith, template } from '../templates/template'
import { FENCE_NOTE } from './fence-note'
import { formatName } from './format-name'
import type { FormatOptions } from './format-options'
import { defaultRule } from './pair-prompt'
import { checkFormat, renderPrompt } from './render-prompt'
import { ruleOfItem } from './rule-of-item'

/** Options of {@link listwiseFormat}. */
export interface ListwiseFormatOptions extends FormatOptions {
  /** The rule R by which responses are put in order, where the item has none. Default: `defaultRule`. */
  readonly rule?: string
  /** The prompt, with slots `prompt`, `responses`, and perhaps others. Default: `listwiseTemplate`. */
  readonly template?: TemplateWith<'prompt' | 'responses', 'rule' | 'labels' | 'reference' | 'fence'>
}

/** The prompt of `listwiseFormat`. */
export const listwiseTemplate = /* @__PURE__ */ template(`\
Responses to a prompt are put in order by a rule. ${FENCE_NOTE}

Rule: {{rule}}

{{prompt}}

{{reference}}

{{responses}}

First say what this prompt asks for, and hold each response against that, quoting what decides. The order \
in which they are shown means nothing. Then rank {{labels}} from best to worst, each once, between answer \
tags, with > between them, and write nothing after it: <answer>best > … > worst</answer>`)

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

function labelsOf({ responses }: ListItem): readonly string[] {
  const count: unknown = Array.isArray(responses) ? responses.length : undefined
  if (typeof count === 'number' && count >= 2 && count <= LETTERS.length) return [...LETTERS].slice(0, count)
  const found = count === undefined ? 'no array' : `${count} texts`
  const message = `responses is ${found}; expected 2 to ${LETTERS.length} texts`
  throw new RubricError('INVALID_ITEM', 'responses', message)
}

/**
 * Several responses, called A, B, C …, put in order from best to worst: 2 to 26 of them.
 *
 * Throws `RubricError` for options, and for an item with too few responses or too many, or without a reference that is
 * required.
 */
export function listwiseFormat(options: ListwiseFormatOptions = {}): ListFormat {
  const names = { name: true, system: true, reference: true, rule: true, template: true } as const
  checkOptions('listwiseFormat', options, names)
  const { rule = defaultRule, template: shape = listwiseTemplate } = options
  checkText('rule', rule)
  checkFormat(options, shape, ['prompt', 'responses'], ['rule', 'labels'])
  return {
    name: formatName('listwise-1', options),
    render: (item) => {
      const labels = labelsOf(item)
      const shown = labels.map((label, i) => ({
        parameter: `responses[${i}]`,
        tag: `response-${label}`,
        text: item.responses[i]!,
      }))
      return renderPrompt(options, {
        template: shape,
        own: { rule: ruleOfItem(item.rule, rule, shape.slots), labels: labels.join(', ') },
        prompt: item.prompt,
        reference: item.reference,
        responses: { responses: shown },
      })
    },
    parse: (text, item, context) => parseRanking(text, { labels: labelsOf(item), tag: 'answer', ...context }),
  }
}
