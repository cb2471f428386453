import { isObject } from '../is-object'
/** The one choice of a chat completion, as far as judges need it. */
export interface ReadChoice {
  readonly text: string
  readonly finishReason: string
}

/** A value of JSON for a message. */
export const describeJson = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value)

/** The text of content that is a string, null, or a list of parts; undefined for anything else. */
function textOf(content: unknown): string | undefined {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  const parts = Array.isArray(content) ? content : []
  const texts = parts.map((part) => (isObject(part) && part.type === 'text' ? part.text : ''))
  return parts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.join('') : undefined
}

/**
 * The first choice of an answer, or a text that says what is wrong with it. A refusal, as OpenAI has it, is the text with
 * `refusal` as the reason; content that is null is an empty text, with the server's reason.
 */
export function readChoice(answer: unknown): ReadChoice | string {
  if (!isObject(answer)) return `the answer is ${describeJson(answer)}; expected an object with choices`
  // Gateways answer 200 with an error, when the model behind them fails.
  if (isObject(answer.error))
    return `the answer is an error: ${String(answer.error.message ?? describeJson(answer.error))}`
  const choice = Array.isArray(answer.choices) ? answer.choices[0] : undefined
  if (!isObject(choice))
    return `choices is ${describeJson(answer.choices)}; expected a list of at least one choice`
  const { message, finish_reason } = choice
  if (!isObject(message)) return `choices[0].message is ${describeJson(message)}; expected a message`
  const text = textOf(message.content)
  if (text === undefined) {
    return `choices[0].message.content is ${describeJson(message.content)}; expected a text`
  }
  if (typeof message.refusal === 'string' && message.refusal !== '') {
    return { text: text || message.refusal, finishReason: 'refusal' }
  }
  return { text, finishReason: typeof finish_reason === 'string' ? finish_reason : 'unknown' }
}
