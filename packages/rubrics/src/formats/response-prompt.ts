import type { ResponseItem } from '../items'
import type { PromptMessage } from '../prompt-message'
import type { Template } from '../templates/template'
import type { FormatOptions } from './format-options'
import { renderPrompt } from './render-prompt'

/** The messages about one response. */
export const responsePrompt = (
  options: FormatOptions,
  template: Pick<Template, 'text' | 'slots'>,
  own: Readonly<Record<string, string>>,
  { prompt, response, reference }: ResponseItem,
): readonly PromptMessage[] =>
  renderPrompt(options, {
    template,
    own,
    prompt,
    reference,
    responses: { response: [{ parameter: 'response', tag: 'response', text: response }] },
  })
