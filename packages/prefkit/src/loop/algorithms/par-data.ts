import { completionDatum, type Datum } from '@prefkit/lm'
import { flipLabels } from '@prefkit/noise'
import { filterByMargin } from '@prefkit/rubrics'
import type { PreferencePair } from '../prompts/preference-pair'
import type { LoopPrompt, LoopResponse } from '../prompts/prompt'
import { type JudgeForm, judgePrompt } from './par-form'

/** A response, and what a judge wrote of it in the words of the form. */
export interface JudgedText {
  readonly response: LoopResponse
  readonly judgement: string
}

/** A comparison with a judgement of each of its responses by itself, such as a larger judge's. */
export interface JudgeTranscript {
  readonly prompt: LoopPrompt
  readonly chosen: JudgedText
  readonly rejected: JudgedText
}

/**
 * Data for fine-tuning a judge on its form, the first stage of PaTaRM (2510.24235): the judgements of pairs whose chosen response was
 * scored higher than the rejected one by more than `above`; a pair without both scores is left out.
 * @param options `above`: default 2, for scores from 1 to 10.
 * @returns two data a pair that was kept, for `sft` of @prefkit/lm.
 */
export function parSftData(
  transcripts: readonly JudgeTranscript[],
  form: JudgeForm,
  options: { readonly above?: number } = {},
): Datum[] {
  const scoreOf = (prompt: LoopPrompt, { response, judgement }: JudgedText): number => {
    const parsed = form.format.parse(judgement, { prompt: prompt.text, response: response.text })
    return 'value' in parsed ? parsed.value.score : Number.NaN
  }
  const scores = {
    chosenScores: transcripts.map(({ prompt, chosen }) => scoreOf(prompt, chosen)),
    rejectedScores: transcripts.map(({ prompt, rejected }) => scoreOf(prompt, rejected)),
  }
  return Array.from(filterByMargin(scores, options)).flatMap((i) => {
    const { prompt, chosen, rejected } = transcripts[i]!
    return [chosen, rejected].map(({ response, judgement }) =>
      completionDatum(judgePrompt(form, { prompt, response }).tokens, form.encodeAnswer(judgement)),
    )
  })
}

/** Comparisons of which some are the wrong way round: which ones depends on the seed and their places, and more noise adds to them. */
export function withLabelNoise(
  pairs: readonly PreferencePair[],
  { rate, seed = 0 }: { readonly rate: number; readonly seed?: number },
): PreferencePair[] {
  const labels = flipLabels(new Int8Array(pairs.length).fill(1), { rate, seed })
  return pairs.map((pair, i) =>
    labels[i] === 1 ? pair : { ...pair, chosen: pair.rejected, rejected: pair.chosen },
  )
}
