import type { CriterionScore, ScoreAnswer } from '../answers'
import { checkOptions } from '../check-options'
import type { Parsed } from '../parsed'
import { checkScale, checkTag } from './check-parse-options'
import { criterionScores } from './criterion-scores'
import { finalText } from './final-text'
import { freeScore } from './free-score'
import { ambiguous, answered, missing, recovered, say, settle } from './outcomes'
import { longerScores, readScore, type ScoreScale } from './read-score'
import { type TaggedSpan, taggedSpans } from './tagged-spans'

/** Options of {@link parseTaggedScore}. */
export interface TaggedScoreOptions {
  /** Name of the tag that was asked for, without brackets, such as `answer`. */
  readonly tag: string
  /** The least and the greatest score. */
  readonly scale: ScoreScale
  /**
   * Criteria whose scores were asked for too, one a line, before the tag, such as `Clarity: 7`. Default: none. One that is
   * missing makes the answer recovered.
   */
  readonly criteria?: readonly string[]
  /**
   * True where the text is known not to have been cut off: the server said that it stopped of itself, or at the closing
   * tag. Otherwise `<answer>1` may be the beginning of 10. Default: false.
   */
  readonly complete?: boolean
}

const exemplary =
  /(?:\be\.g\.|\bfor example|\bfor instance|\bsuch as|\bin the form(?:at)?(?: of)?)[^\n]{0,20}$/i

/** A tag in an example of the prompt, repeated, is no answer. */
const isExample = (text: string, { start }: TaggedSpan) =>
  exemplary.test(text.slice(Math.max(0, start - 60), start))

function fromSpans(spans: readonly TaggedSpan[], options: TaggedScoreOptions): Parsed<number> {
  const { tag, scale, complete = false } = options
  const read = spans.map((span) => ({ ...span, reading: readScore(span.content, scale) }))
  const spoken = read.filter(({ reading }) => reading.scores.length + reading.refused.length > 0)
  const scores = [...new Set(spoken.flatMap(({ reading }) => reading.scores))]
  const refused = spoken.flatMap(({ reading }) => reading.refused)
  const outside = `<${tag}> has ${say(refused)}; expected a score from ${scale.min} to ${scale.max}`
  if (spoken.length === 0) {
    const cut = read.at(-1)?.open === true
    return missing(
      cut ? 'cut-off' : 'invalid',
      `<${tag}> has no score${cut ? ' and ends with the text' : ''}`,
    )
  }
  if (scores.length === 0) return missing('invalid', outside)
  if (refused.length > 0) return ambiguous(scores, outside)
  const last = spoken.at(-1)!
  const longer = last.open && !complete ? longerScores(last.content, scale) : []
  if (longer.length > 0) {
    return ambiguous(
      [...new Set([...scores, ...longer])],
      `the text ends within <${tag}>, maybe within a number`,
    )
  }
  const others = spoken.length < read.length ? [`another <${tag}> has no score`] : []
  return settle(
    spoken.flatMap(({ reading, repairs }) =>
      reading.scores.map((value) => ({ value, repairs: [...repairs, ...reading.repairs, ...others] })),
    ),
    `scores in <${tag}>`,
  )
}

function withCriteria(
  parsed: Parsed<number>,
  found: readonly CriterionScore[],
  repairs: readonly string[],
): Parsed<ScoreAnswer> {
  const answer = (score: number): ScoreAnswer => (found.length === 0 ? { score } : { score, criteria: found })
  if (parsed.status === 'missing') return parsed
  if (parsed.status === 'ambiguous') return ambiguous(parsed.candidates.map(answer), parsed.reason)
  if (parsed.status === 'recovered') return recovered(answer(parsed.value), [...parsed.repairs, ...repairs])
  return answered({ value: answer(parsed.value), repairs })
}

/**
 * The score that a judge's text gives in a tag: `<answer>8</answer>`. Exact when the tag has a number on the scale and
 * nothing else. Recovered when a tag is missing or misspelt, or the score is said in another way, also outside the tag:
 * `8/10`, `eight out of ten`, `Score: **8**`. Ambiguous when there are two scores, or the text may have been cut off within
 * one. Missing when there is none on the scale: one outside is not clamped, one out of another maximum not converted.
 * Reasoning between `<think>` and `</think>` is not looked at. Time is linear in the length of the text.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseTaggedScore(text: string, options: TaggedScoreOptions): Parsed<ScoreAnswer> {
  checkOptions('parseTaggedScore', options, { tag: true, scale: true, criteria: true, complete: true })
  checkTag(options.tag)
  checkScale(options.scale)
  const { tag, scale, criteria = [], complete = false } = options
  const final = finalText(text)
  if (final.unfinished) return missing('cut-off', 'the text ends within its reasoning')
  const spans = taggedSpans(final.text, tag).filter((span) => !isExample(final.text, span))
  const score =
    spans.length > 0
      ? fromSpans(spans, options)
      : freeScore(final.text, scale, `the tag <${tag}> is missing`, complete)
  const { found, repairs } = criterionScores(final.text, criteria, scale)
  return withCriteria(score, found, repairs)
}
