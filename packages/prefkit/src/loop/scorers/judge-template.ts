import { tokenVariants, type YesNoTokens } from '@prefkit/lm'
import { pairwiseYesNoFormat } from '@prefkit/rubrics'
import { encodePrompt, requireEncoding } from '../../lm/encode-prompt'
import { PrefkitError } from '../../prefkit-error'
import type { ResponsePair } from '../rewards/scorers'
import { shortenText } from './shorten-text'

/** How a generative judge is asked which of two responses is better, and what its answers are. */
export interface JudgeTemplate {
  /** "Is the first better than the second?", up to where the answer is the next token. */
  readonly tokens: (pair: ResponsePair) => readonly number[]
  /** Tokens of either answer, all of its spellings. */
  readonly answers: YesNoTokens
}

/** What a question is written of. */
export interface JudgeQuestion {
  readonly prompt: string
  readonly first: string
  readonly second: string
}

/** Options of {@link judgeTemplate}. */
export interface JudgeTemplateOptions {
  /** The rule R: what "better" means. Default: `defaultRule` of `@prefkit/rubrics`. */
  readonly rule?: string
  /** Writes the question. Default: that of `pairwiseYesNoFormat`, in which what is judged is fenced off. */
  readonly write?: (question: JudgeQuestion) => string
  /** Words of either answer, each in all spellings of one token. Default: yes, no. */
  readonly words?: { readonly yes: readonly string[]; readonly no: readonly string[] }
  /**
   * Longer responses lose tokens in their middle, where ` […] ` is put, as many of both. Default: they are shown in
   * full.
   */
  readonly maxResponseTokens?: number
}

/** What a question is made into tokens by: a loaded model, as far as it is needed for that. */
type Writing = Parameters<typeof requireEncoding>[0]

/** Asks in words, by the model's chat template where it has one, else as a text that ends in `Answer:`. */
export function judgeTemplate(
  model: Writing,
  { rule, write, words = { yes: ['yes'], no: ['no'] }, maxResponseTokens }: JudgeTemplateOptions = {},
): JudgeTemplate {
  if (
    maxResponseTokens !== undefined &&
    !(Number.isSafeInteger(maxResponseTokens) && maxResponseTokens >= 2)
  ) {
    const problem = `expected a whole number ≥ 2, got ${maxResponseTokens}`
    throw new PrefkitError('INVALID_CONFIG', `judgeTemplate: maxResponseTokens: ${problem}`)
  }
  const encoding = requireEncoding(model)
  const { tokenizer } = encoding
  const format = pairwiseYesNoFormat(rule === undefined ? {} : { rule })
  const asked = ({ prompt, first, second }: JudgeQuestion): string =>
    format
      .render({ prompt, a: first, b: second })
      .map(({ content }) => content)
      .join('\n\n')
  const ask = write ?? asked
  const shown = (text: string): string =>
    maxResponseTokens === undefined ? text : shortenText(tokenizer, text, maxResponseTokens)
  return {
    tokens({ prompt, first, second }) {
      const content = ask({ prompt: prompt.text, first: shown(first.text), second: shown(second.text) })
      if (encoding.chatTemplate) return encodePrompt(encoding, [{ role: 'user', content }])
      return encodePrompt(encoding, write ? content : `${content}\n\nAnswer:`)
    },
    answers: { yes: tokenVariants(tokenizer, words.yes), no: tokenVariants(tokenizer, words.no) },
  }
}
