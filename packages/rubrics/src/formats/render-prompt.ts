import { formatValue } from '../check-options'
import {
  checkConversation,
  checkText,
  conversationTexts,
  escapeConversation,
  wrapConversation,
} from '../containment/conversation'
import { escapeControlTokens } from '../containment/escape-control-tokens'
import { fence } from '../containment/fence'
import type { Conversation, PromptMessage } from '../prompt-message'
import { RubricError } from '../rubric-error'
import { fillTemplate } from '../templates/fill-template'
import { checkSlots, type Template } from '../templates/template'
import type { FormatOptions, ReferenceUse } from './format-options'

/** A response, the parameter it is, and how the prompt calls it. */
export interface ShownResponse {
  readonly parameter: string
  readonly tag: string
  readonly text: string
}

/** What a prompt is made of. */
export interface PromptParts {
  readonly template: Pick<Template, 'text' | 'slots'>
  /** By slot, what the maker of the format says; put in as it is. */
  readonly own: Readonly<Record<string, string>>
  readonly prompt: Conversation
  readonly reference: string | undefined
  /** By slot, the texts to judge. */
  readonly responses: Readonly<Record<string, readonly ShownResponse[]>>
}

const uses: readonly unknown[] = ['none', 'optional', 'required'] satisfies ReferenceUse[]

/** Throws for options that all formats have in common and that are not as they should be. */
export function checkFormat(
  { name, system, reference = 'optional' }: FormatOptions,
  template: Pick<Template, 'text' | 'slots'>,
  required: readonly string[],
  optional: readonly string[],
): void {
  for (const [parameter, value] of Object.entries({ name, system })) {
    if (value === undefined || (typeof value === 'string' && value !== '')) continue
    const message = `${parameter} is ${formatValue(value)}; expected a text`
    throw new RubricError('INVALID_OPTION', parameter, message)
  }
  if (!uses.includes(reference)) {
    const message = `reference is ${formatValue(reference)}; expected one of ${uses.join(', ')}`
    throw new RubricError('INVALID_OPTION', 'reference', message)
  }
  const demanded = reference === 'required' ? [...required, 'reference'] : required
  const others = ['reference', 'fence', ...optional].filter((slot) => !demanded.includes(slot))
  checkSlots('template', template, demanded, others)
}

/** The item's reference where it is shown. */
function shownReference(use: ReferenceUse, reference: string | undefined): string | undefined {
  if (use === 'none') return undefined
  if (reference !== undefined) checkText('reference', reference)
  if (use === 'optional' || reference !== undefined) return reference
  const message = 'reference is missing; expected a text, for the format shows one to the judge'
  throw new RubricError('MISSING_REFERENCE', 'reference', message)
}

const REFERENCE = 'A reference answer, known to be good; a response can be as good without resembling it:'

/** Said where a text is not shown to the letter: a judge of code would mind the backslash. */
const ESCAPE_NOTE = `\
Where a text between tags spells a control token of a model, a backslash was put into it, as in <\\/s>; the \
text itself has none there.

`

const hasControlTokens = (text: string): boolean => escapeControlTokens(text) !== text

/**
 * The messages of a prompt: each text that the maker of the format did not write stands between a fence's tags, its control
 * tokens escaped.
 */
export function renderPrompt(options: FormatOptions, parts: PromptParts): readonly PromptMessage[] {
  const { template, own, responses } = parts
  checkConversation('prompt', parts.prompt)
  const shown = Object.values(responses).flat()
  for (const { parameter, text } of shown) checkText(parameter, text)
  const given = shownReference(options.reference ?? 'optional', parts.reference)
  const reference = given === undefined ? undefined : escapeControlTokens(given)
  const prompt = escapeConversation(parts.prompt)
  const made = fence([
    template.text,
    ...Object.values(own),
    ...conversationTexts(prompt),
    ...(reference === undefined ? [] : [reference]),
    ...shown.map(({ text }) => text),
  ])
  const wrapped = Object.entries(responses).map(([slot, texts]) => [
    slot,
    texts.map(({ tag, text }) => made.wrap(tag, escapeControlTokens(text))).join('\n\n'),
  ])
  const texts = [...conversationTexts(parts.prompt), given ?? '', ...shown.map(({ text }) => text)]
  const content = fillTemplate(template, {
    ...own,
    fence: made.key,
    prompt: `${texts.some(hasControlTokens) ? ESCAPE_NOTE : ''}${wrapConversation(made, prompt)}`,
    reference: reference === undefined ? '' : `${REFERENCE}\n${made.wrap('reference', reference)}`,
    ...Object.fromEntries(wrapped),
  })
  const user: PromptMessage = { role: 'user', content }
  return options.system === undefined ? [user] : [{ role: 'system', content: options.system }, user]
}
