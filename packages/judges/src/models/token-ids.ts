import type { CallOptions } from '../chat-model'
import type { NextTokenRequest } from '../logprob-provider'
import type { Connection } from './connection'
import { jsonAt } from './json-at'
import { describeJson } from './read-completion'
import { rememberCalls } from './remember-calls'

/** The ids of single tokens that spell each answer. */
export type AnswerIds = Readonly<Record<string, readonly number[]>>

const isIds = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0)

/** How a server with `/tokenize` and `/detokenize` beside its API turns texts into tokens: vLLM and SGLang do alike. */
export interface ServerTokenizer {
  /** The tokens of messages with the chat template applied, up to where the answer begins. */
  readonly prompt: (messages: NextTokenRequest['messages'], call?: CallOptions) => Promise<number[]>
  /** The tokens that spell each answer by themselves. Asked once for each spelling, whoever asks. */
  readonly answers: (answers: NextTokenRequest['answers'], call?: CallOptions) => Promise<AnswerIds>
}

/**
 * @param textField - The field of `/detokenize`'s answer that has the text: vLLM's is `prompt`, SGLang's `text`.
 * @param templateOptions - Further fields for the template, such as `chat_template_kwargs`.
 */
export function serverTokenizer(
  connection: Connection,
  textField: 'prompt' | 'text',
  templateOptions: Readonly<Record<string, unknown>>,
): ServerTokenizer {
  const { root, model, request, badResponse } = connection
  const tokenize = async (what: Record<string, unknown>, call?: CallOptions): Promise<number[]> => {
    const answer = await request({ method: 'post', path: `${root}/tokenize`, body: { model, ...what } }, call)
    const tokens = jsonAt(answer, 'tokens')
    if (!isIds(tokens))
      throw badResponse(`/tokenize: tokens is ${describeJson(tokens)}; expected a list of ids`)
    return tokens
  }
  const detokenize = async (tokens: readonly number[], call?: CallOptions): Promise<string> => {
    const answer = await request(
      { method: 'post', path: `${root}/detokenize`, body: { model, tokens } },
      call,
    )
    const text = jsonAt(answer, textField)
    if (typeof text === 'string') return text
    throw badResponse(`/detokenize: ${textField} is ${describeJson(text)}; expected a text`)
  }

  /**
   * The one token that spells the text, or undefined where it takes several. It is tokenized after a line break, because
   * SentencePiece puts a space before a text that begins with a word, and the last token is read back.
   */
  const single = async (spelling: string, call?: CallOptions): Promise<number | undefined> => {
    const ids = await tokenize({ prompt: `\n${spelling}`, add_special_tokens: false }, call)
    const before = ids.slice(0, -1)
    if (before.length === 0) return undefined
    const [all, head] = [await detokenize(ids, call), await detokenize(before, call)]
    const isBreak = head.replace(/^ +/, '') === '\n'
    return isBreak && all === head + spelling ? ids.at(-1) : undefined
  }

  const remembered = rememberCalls<number | undefined>(connection)
  const idOf = (spelling: string, call?: CallOptions): Promise<number | undefined> =>
    remembered(spelling, (shared) => single(spelling, shared), call)

  return {
    prompt: async (messages, call) => {
      const ids = await tokenize({ ...templateOptions, messages, add_generation_prompt: true }, call)
      if (ids.length > 1) return ids
      throw badResponse(`/tokenize: the prompt has ${ids.length} tokens; expected two or more`)
    },
    answers: async (answers, call) => {
      const found: [string, number[]][] = []
      for (const [answer, spellings] of Object.entries(answers)) {
        const ids: (number | undefined)[] = []
        for (const spelling of spellings) ids.push(await idOf(spelling, call))
        const single = [...new Set(ids.filter((id) => id !== undefined))]
        if (single.length === 0) {
          const all = spellings.map((spelling) => JSON.stringify(spelling)).join(', ')
          throw badResponse(`no spelling of the answer ${answer} (${all}) is a single token of this model`)
        }
        found.push([answer, single])
      }
      return Object.fromEntries(found)
    },
  }
}

/** Every id of these answers, each once, in a fixed order. */
export const allIds = (ids: AnswerIds): number[] =>
  [...new Set(Object.values(ids).flat())].sort((a, b) => a - b)
