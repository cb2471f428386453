import type { ScoreAnswer } from '../answers'
import { mapParsed, type Parsed } from '../parsed'
import { finalText } from './final-text'
import { amiss, missing, unfinished } from './outcomes'
import { parseRubricList } from './parse-rubric-list'
import { scoreWithCriteria, type TaggedScoreOptions } from './parse-tagged-score'
import { unquoted } from './quotations'
import { taggedSpans } from './tagged-spans'

/** What was asked for: a score, perhaps criteria of the judge's own, and an evaluation. */
export interface PointwiseOptions extends TaggedScoreOptions {
  /** How many criteria the judge was to write, between `<rubrics>` and `</rubrics>`; false for none. */
  readonly generate: { readonly min: number; readonly max: number } | false
}

const EVALUATION = 'evaluation'

/** A text around its evaluation: what is within is about the response, and may quote anything. */
interface Parts {
  readonly before: string
  readonly after: string
  /** `closed`, also where the evaluation has such tags within; `open` where the text ends within it. */
  readonly evaluation: 'closed' | 'open' | 'absent'
}

const openings = /<evaluation>/i
const closings = /<\/evaluation>/gi

/** From the first opening tag to the last closing one: nothing that is written within ends it. */
function partsOf(text: string): Parts {
  const opening = openings.exec(text)
  if (opening === null) return { before: '', after: text, evaluation: 'absent' }
  const before = text.slice(0, opening.index)
  const rest = text.slice(opening.index + opening[0].length)
  const closing = [...rest.matchAll(closings)].at(-1)
  if (closing === undefined) return { before, after: rest, evaluation: 'open' }
  return { before, after: rest.slice(closing.index + closing[0].length), evaluation: 'closed' }
}

const lastLine = (text: string) => text.trimEnd().slice(text.trimEnd().lastIndexOf('\n') + 1)

/** A text without its list of criteria, an unclosed one to the end. */
function withoutList(text: string): string {
  const spans = taggedSpans(text, 'rubrics', 'all')
  const [first, last] = [spans[0], spans.at(-1)]
  return first === undefined ? text : `${text.slice(0, first.start)}\n${text.slice(last!.end)}`
}

/** The criteria that were asked for, as the parse of a list; a list of none is one where none may be. */
function listOf(text: string, generate: { readonly min: number; readonly max: number }) {
  const source = text.slice(0, openings.exec(text)?.index)
  const isThere = taggedSpans(source, 'rubrics', 'all').length > 0
  if (!isThere && generate.min === 0) return undefined
  return isThere
    ? parseRubricList(source, { tag: 'rubrics', ...generate })
    : missing('absent', 'there are no <rubrics>')
}

/** The score after the evaluation, or else before it, where it was not asked for. */
function scoreAround(before: string, after: string, options: TaggedScoreOptions): Parsed<ScoreAnswer> {
  const score = scoreWithCriteria(after, options)
  if (score.status !== 'missing' || score.cause !== 'absent') return score
  const early = scoreWithCriteria(withoutList(before), options)
  return 'value' in early ? amiss(early, ['the score stands before the evaluation']) : score
}

/**
 * The answer to `pointwiseFormat`: criteria, an evaluation, and a score in a tag after both. Nothing within the evaluation or
 * the criteria is the score. A part that is missing makes the answer recovered, and is named in `lacking`.
 */
export function parsePointwise(
  text: string,
  { generate, ...options }: PointwiseOptions,
): Parsed<ScoreAnswer> {
  const final = finalText(text)
  if (final.unfinished) return unfinished()
  const said = unquoted(final.text)
  const { before, after, evaluation } = partsOf(said.text)
  const isOpen = evaluation === 'open'
  if (isOpen && options.cutOff !== false) return missing('cut-off', 'the text ends within <evaluation>')
  const score = scoreAround(before, isOpen ? lastLine(after) : withoutList(after), options)
  const list = generate === false ? undefined : listOf(final.text, generate)
  const withList = mapParsed(score, (answer) =>
    list !== undefined && 'value' in list ? { ...answer, generated: list.value } : answer,
  )
  const listed = list === undefined || 'value' in list
  const listRepairs =
    list === undefined
      ? []
      : list.status === 'recovered'
        ? list.repairs
        : 'reason' in list
          ? [list.reason]
          : []
  const evaluated =
    evaluation === 'closed' ? [] : [isOpen ? 'the tag </evaluation> is missing' : 'there is no <evaluation>']
  return amiss(
    withList,
    [...said.repairs, ...listRepairs, ...evaluated],
    [...(listed ? [] : ['rubrics']), ...(evaluation === 'closed' ? [] : [EVALUATION])],
  )
}
