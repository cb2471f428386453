import {
  type Conversation,
  escapeControlTokens,
  fillTemplate,
  type PromptMessage,
  parseTaggedScore,
  type Rubric,
  renderRubrics,
  type ScoreFormat,
  type ScoreScale,
  type TemplateWith,
  template,
} from '@prefkit/rubrics'
import { PrefkitError } from '../../prefkit-error'
import type { LoopPrompt } from '../prompts/prompt'
import type { PromptedResponse } from '../rewards/scorers'

/** How a judge is asked for the score of one response, and how its answers are read. */
export interface JudgeForm {
  /** The words, such as `pointwiseFormat` of @prefkit/rubrics with reasons, or `shortScoreFormat`. */
  readonly format: ScoreFormat
  /** Messages as the judge reads them, with its chat template where it has one. */
  readonly encode: (messages: readonly PromptMessage[]) => readonly number[]
  /** An answer as the judge writes it, with the token that ends it. */
  readonly encodeAnswer: (text: string) => readonly number[]
  /** Strings that end an answer, and are no part of it. Default: none. */
  readonly stop?: readonly string[]
}

/** What a judge reads of one response. */
export function judgePrompt(
  { format, encode }: JudgeForm,
  { prompt, response }: PromptedResponse,
): LoopPrompt {
  const messages = format.render({ prompt: prompt.text, response: response.text })
  const text = messages.map(({ content }) => content).join('\n\n')
  return { id: prompt.id, text, tokens: encode(messages) }
}

/** Options of {@link shortScoreFormat}. */
export interface ShortScoreFormatOptions {
  /** The ends of the scores. Default: 1 to 10. */
  readonly scale?: ScoreScale
  /** Whether a score stands in tags, `<answer>7</answer>`; else it is a line of its own. Default: true. */
  readonly tags?: boolean
  /** Criteria to show before the texts. Default: none. */
  readonly rubrics?: readonly Rubric[]
  /** What is asked. Default: `shortScoreTemplate`. */
  readonly template?: TemplateWith<'prompt' | 'response', 'rubrics'>
}

/** A format for scores with no reasons, and the answer that says a score. */
export interface ShortScoreFormat extends ScoreFormat {
  /** The whole answer, as `encodeAnswer` takes it. */
  readonly answer: (score: number) => string
}

/** The prompt of {@link shortScoreFormat}. */
export const shortScoreTemplate = /* @__PURE__ */ template('{{rubrics}}{{prompt}}{{response}}\nScore:')

const textOf = (prompt: Conversation): string =>
  escapeControlTokens(typeof prompt === 'string' ? prompt : prompt.map(({ content }) => content).join('\n'))

/**
 * A format for models that are too small for instructions: the texts, and then nothing but the score. A few tokens that every
 * vocabulary has. The texts stand in no tags, so a response can imitate what surrounds it: models that can read instructions want
 * `pointwiseFormat`. A score on a line of its own wants `stop: ['\n']` and ends by a line feed; one in tags ends by itself.
 * @throws PrefkitError `INVALID_CONFIG` for a scale that has no scores.
 */
export function shortScoreFormat(options: ShortScoreFormatOptions = {}): ShortScoreFormat {
  const {
    scale = { min: 1, max: 10 },
    tags = true,
    rubrics = [],
    template: shape = shortScoreTemplate,
  } = options
  if (!(scale.min < scale.max && Number.isInteger(scale.min) && Number.isInteger(scale.max))) {
    const problem = `expected whole numbers, min below max, got ${scale.min} to ${scale.max}`
    throw new PrefkitError('INVALID_CONFIG', `shortScoreFormat: scale: ${problem}`)
  }
  const shown = rubrics.length === 0 ? '' : `${renderRubrics(rubrics)}\n`
  const fills: Readonly<Record<string, string>> = shape.slots.some((slot) => slot === 'rubrics')
    ? { rubrics: shown }
    : {}
  const tagged = (text: string): string => (tags ? text : `<answer>${text.trim()}</answer>`)
  return {
    name: `short-1${tags ? '' : '-bare'}-${scale.min}-${scale.max}`,
    scale,
    render: ({ prompt, response }) => {
      const slots = { ...fills, prompt: textOf(prompt), response: textOf(response) }
      return [{ role: 'user', content: fillTemplate(shape, slots) }]
    },
    // Nothing but a number stands alone on its line.
    parse: (text, _, context) => parseTaggedScore(tagged(text), { tag: 'answer', scale, ...context }),
    answer: (score) => (tags ? `<answer>${score}</answer>` : `${score}\n`),
  }
}
