import type { ResponseItem } from '../items'
import type { PromptMessage } from '../prompt-message'
import { RubricError } from '../rubric-error'
import type { Template } from '../templates/template'
import type { FormatOptions } from './format-options'
import { renderPrompt } from './render-prompt'

/** Passed over, the response would be judged by another rule than was asked for. */
function refuseRule(rule: string | undefined): void {
  if (rule === undefined) return
  const message =
    'rule is given by the item; expected none, for formats for one response have rubrics of their own'
  throw new RubricError('INVALID_ITEM', 'rule', message)
}

/** The messages about one response. */
export const responsePrompt = (
  options: FormatOptions,
  template: Pick<Template, 'text' | 'slots'>,
  own: Readonly<Record<string, string>>,
  { prompt, response, reference, rule }: ResponseItem,
): readonly PromptMessage[] => {
  refuseRule(rule)
  return renderPrompt(options, {
    template,
    own,
    prompt,
    reference,
    responses: { response: [{ parameter: 'response', tag: 'response', text: response }] },
  })
}
