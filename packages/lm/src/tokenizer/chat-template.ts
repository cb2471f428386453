import { Template } from '@huggingface/jinja'
import { checkOptions, excerpt } from '../check-options'
import { LmError } from '../lm-error'
import { roleNames, type SpecialTokens } from './special-tokens'

/** One message of a conversation. Templates may read further fields, such as `tool_calls`. */
export interface ChatMessage {
  /** Who says it: `system`, `user`, `assistant`, `tool`. */
  readonly role: string
  /** What is said; templates of models that see images take parts. */
  readonly content?: unknown
  readonly [field: string]: unknown
}

/** Options of {@link ChatTemplate.render}. */
export interface RenderChatOptions {
  /** Ends the text with what begins a message of the assistant. Default: false. */
  addGenerationPrompt?: boolean
  /** Functions that the model may call, as JSON schemas; only some templates know what to do with them. */
  tools?: readonly object[]
  /** Further variables of the template, such as `enable_thinking`. */
  variables?: Readonly<Record<string, unknown>>
}

/** Writes conversations as the text that a model was trained on. */
export interface ChatTemplate {
  /** The template itself, in Jinja. */
  readonly source: string
  /**
   * The text of a conversation. It has every special token that belongs into it, so that it is to be encoded with
   * `addSpecialTokens: false`.
   * @throws LmError `TEMPLATE_FAILED` when the template refuses the conversation, in its words; `INVALID_OPTION`
   *   for no messages.
   */
  render(messages: readonly ChatMessage[], options?: RenderChatOptions): string
}

/** Names that models' thoughts have had; templates read the first. */
const reasoningNames = ['reasoning_content', 'thinking', 'reasoning'] as const

/** A message as templates expect it: without fields that say null, and with thoughts under the names that are read. */
function normalized(message: ChatMessage): Record<string, unknown> {
  const given = Object.fromEntries(
    Object.entries(message).filter(([, value]) => value !== null && value !== undefined),
  )
  const reasoning = reasoningNames.map((name) => given[name]).find((value) => value !== undefined)
  return reasoning === undefined ? given : { thinking: reasoning, ...given, reasoning_content: reasoning }
}

function requireMessages(messages: readonly ChatMessage[]): void {
  const expected = 'messages: expected at least one object with a role'
  if (messages.length > 0 && messages.every((message) => typeof message?.role === 'string')) return
  throw new LmError('INVALID_OPTION', `${expected}, got ${excerpt(messages)}`)
}

/**
 * A chat template, rendered as transformers' `apply_chat_template` does.
 * @param source the template in Jinja.
 * @param tokens what the template knows as `bos_token` and so on.
 * @throws LmError `TEMPLATE_FAILED` for what is no template.
 */
export function chatTemplate(source: string, tokens: SpecialTokens = {}): ChatTemplate {
  const template = attempt('it is not valid', () => new Template(source))
  const roles = Object.entries(roleNames).flatMap(([role, name]) => {
    const token = tokens[role as keyof SpecialTokens]
    return token ? [[name, token.token]] : []
  })
  const named: Record<string, unknown> = Object.fromEntries(roles)
  return {
    source,
    render(messages, options = {}) {
      checkOptions('render', options, { addGenerationPrompt: true, tools: true, variables: true })
      requireMessages(messages)
      const { addGenerationPrompt = false, tools = null, variables = {} } = options
      return attempt('it refused the conversation', () =>
        template.render({
          ...named,
          documents: null,
          ...variables,
          messages: messages.map(normalized),
          tools,
          add_generation_prompt: addGenerationPrompt,
        }),
      )
    },
  }
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action()
  } catch (cause) {
    throw new LmError('TEMPLATE_FAILED', `chat template: ${what}: ${(cause as Error).message}`, { cause })
  }
}
