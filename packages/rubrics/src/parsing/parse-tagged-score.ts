import type { ScoreAnswer } from '../answers'
import { checkOptions } from '../check-options'
import type { ParseContext } from '../judge-format'
import { mapParsed, type Parsed } from '../parsed'
import { checkContext, checkLabels, checkScale, checkTag } from './check-parse-options'
import { criterionScores } from './criterion-scores'
import { finalText } from './final-text'
import { amiss, unfinished } from './outcomes'
import { unquoted } from './quotations'
import type { ScoreScale } from './read-score'
import { taggedScore } from './tagged-score'

/** Options of {@link parseTaggedScore}. */
export interface TaggedScoreOptions extends ParseContext {
  /** Name of the tag that was asked for, without brackets, such as `answer`. */
  readonly tag: string
  /** The least and the greatest score. */
  readonly scale: ScoreScale
  /**
   * Criteria whose scores were asked for too, one a line, before the tag, such as `Clarity: 7`. Default: none. One that is
   * missing makes the answer recovered.
   */
  readonly criteria?: readonly string[]
}

/** A score and those of criteria in a text without reasoning and quotations. */
export function scoreWithCriteria(text: string, options: TaggedScoreOptions): Parsed<ScoreAnswer> {
  const { found, repairs } = criterionScores(text, options.criteria ?? [], options.scale)
  const parsed = mapParsed(
    taggedScore(text, options),
    (score): ScoreAnswer => (found.length === 0 ? { score } : { score, criteria: found }),
  )
  return amiss(parsed, repairs)
}

/** A number in quotation marks is said all the same: `"score": "8"`. */
const isNumber = (content: string) => /^[\d.,/ ]{1,12}$/.test(content)

/**
 * The score that a judge's text gives in a tag: `<answer>8</answer>`. Exact when the tag has a number on the scale and
 * nothing else, and ends the text. Recovered when a tag is missing or misspelt, text follows, or the score is said in another
 * way, also outside the tag: `8/10`, `eight out of ten`, `Score: **8**`. Ambiguous when there are two scores that both stand, or
 * the text may have been cut off within one; of two, the later one stands alone where the text says that it corrects the other.
 * Missing when there is none on the scale: one outside is not clamped, one out of another maximum not converted. What is
 * quoted, denied, supposed or offered as an alternative is no score, and reasoning between `<think>` and `</think>` is not
 * looked at. Time is linear in the length of the text.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseTaggedScore(text: string, options: TaggedScoreOptions): Parsed<ScoreAnswer> {
  checkOptions('parseTaggedScore', options, { tag: true, scale: true, criteria: true, cutOff: true })
  checkTag(options.tag)
  checkScale(options.scale)
  if (options.criteria !== undefined) checkLabels('criteria', options.criteria)
  checkContext(options)
  const final = finalText(text)
  if (final.unfinished) return unfinished()
  const said = unquoted(final.text, isNumber)
  return amiss(scoreWithCriteria(said.text, options), said.repairs)
}
