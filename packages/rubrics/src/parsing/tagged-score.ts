import type { Parsed } from '../parsed'
import { type AskedPlace, settleAsked } from './asked-places'
import { freeScore, saidScores } from './free-score'
import { ambiguous, amiss, missing, say, unlessCut } from './outcomes'
import { longerScores, readScore, type ScoreScale } from './read-score'
import { outsideOf, type TaggedSpan, taggedSpans } from './tagged-spans'

/** Where a score is to be read. */
export interface ScoreTag {
  readonly tag: string
  readonly scale: ScoreScale
  readonly cutOff?: boolean | undefined
}

const exemplary =
  /(?:\be\.g\.|\bfor example|\bfor instance|\bsuch as|\bin the form(?:at)?(?: of)?)[^\n]{0,20}$/i

/** A tag in an example of the prompt, repeated, is no answer. */
const isExample = (text: string, { start }: TaggedSpan) =>
  exemplary.test(text.slice(Math.max(0, start - 60), start))

function placeOf(span: TaggedSpan, { tag, scale }: ScoreTag): AskedPlace<number> {
  const { scores, refused, repairs } = readScore(span.content, scale)
  const outside = `<${tag}> has ${say(refused)}; expected a score from ${scale.min} to ${scale.max}`
  return {
    start: span.start,
    end: span.end,
    found: scores.map((value) => ({ value, repairs: [...span.repairs, ...repairs] })),
    refused: refused.length > 0 ? outside : undefined,
    blank: span.content.trim() === '' || repairs.some((repair) => repair.startsWith('a placeholder')),
  }
}

/** The tagged score, unless what is said of it outside the tag contradicts it. */
function checked(
  parsed: Parsed<number>,
  outside: string,
  after: string,
  { scale }: ScoreTag,
): Parsed<number> {
  if (!('value' in parsed)) return parsed
  const finals = saidScores(outside, scale).filter(({ final }) => final)
  const others = [...finals, ...saidScores(after, scale)]
    .flatMap(({ reading }) => reading.scores)
    .filter((score) => score !== parsed.value)
  if (others.length === 0) return parsed
  return ambiguous(
    [parsed.value, ...others],
    `scores that contradict each other: ${say([parsed.value, ...others])}`,
  )
}

/** The score in a tag of a text without reasoning and quotations, or else what the text says. */
export function taggedScore(text: string, options: ScoreTag): Parsed<number> {
  const { tag, scale, cutOff } = options
  const spans = taggedSpans(text, tag).filter((span) => !isExample(text, span))
  const last = spans.at(-1)
  if (last?.open === true && cutOff !== false) {
    const longer = longerScores(last.content, scale)
    const cut = `the text ends within <${tag}>`
    if (cutOff === true || last.content.trim() === '') return missing('cut-off', cut)
    if (longer.length > 0) {
      const scores = spans.flatMap(({ content }) => readScore(content, scale).scores)
      return ambiguous([...scores, ...longer], `${cut}, maybe within a number`)
    }
  }
  const asked = settleAsked(
    text,
    spans.map((span) => placeOf(span, options)),
    'score',
  )
  const outside = outsideOf(text, spans)
  if (asked !== undefined) return checked(asked, outside, text.slice(last!.end), options)
  const untagged = `the tag <${tag}> is missing`
  const free = freeScore(outside, scale, untagged, cutOff === false)
  return unlessCut(amiss(free, [untagged], [tag]), cutOff)
}
