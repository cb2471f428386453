import { checkText } from '../containment/conversation'
import type { PairItem } from '../items'
import type { PromptMessage } from '../prompt-message'
import type { Template, TemplateWith } from '../templates/template'
import type { FormatOptions } from './format-options'
import { checkFormat, renderPrompt } from './render-prompt'
import { ruleOfItem } from './rule-of-item'

/** A template of a format for two responses. */
export type PairTemplate = TemplateWith<'prompt' | 'a' | 'b', 'rule' | 'reference' | 'fence'>

/** What every format for two responses can be told. */
export interface PairFormatOptions extends FormatOptions {
  /**
   * The rule R by which responses are compared, where the item has none: a text, such as `renderRubrics(…)`. Default:
   * `defaultRule`.
   */
  readonly rule?: string
  /** The prompt, with slots `prompt`, `a`, `b`, and perhaps `rule`, `reference`, `fence`. Default: the format's own. */
  readonly template?: PairTemplate
}

/** The rule of pair formats that are given none. */
export const defaultRule =
  'The better response is the one that serves the person who asked better: it does what was asked, what it says is ' +
  'true, and it does no harm. Length, style and order are no merits by themselves.'

/** How responses are called in the prompt. */
export interface PairLabels {
  readonly a: string
  readonly b: string
}

/** What a pair format has of its own. */
interface PairPromptParts {
  readonly template: Pick<Template, 'text' | 'slots'>
  readonly labels: PairLabels
  /** By slot, what the format says besides. */
  readonly own?: Readonly<Record<string, string>>
  /** Slots of `own` that the template must have. */
  readonly required?: readonly string[]
}

/** The options of every pair format, checked, and the function that makes its messages. */
export function pairPrompt(
  options: Omit<PairFormatOptions, 'template'>,
  { template: shape, labels, own = {}, required = [] }: PairPromptParts,
): (item: PairItem) => readonly PromptMessage[] {
  const { rule = defaultRule } = options
  checkFormat(options, shape, ['prompt', 'a', 'b', ...required], ['rule', ...Object.keys(own)])
  checkText('rule', rule)
  return ({ prompt, a, b, reference, rule: itemRule }) =>
    renderPrompt(options, {
      template: shape,
      own: { ...own, rule: ruleOfItem(itemRule, rule, shape.slots) },
      prompt,
      reference,
      responses: {
        a: [{ parameter: 'a', tag: `response-${labels.a}`, text: a }],
        b: [{ parameter: 'b', tag: `response-${labels.b}`, text: b }],
      },
    })
}
