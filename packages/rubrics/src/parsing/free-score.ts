import type { Parsed } from '../parsed'
import { ambiguous, type Found, missing, say, settle } from './outcomes'
import { numberInWords } from './plain-numbers'
import { longerScores, readScore, type ScoreReading, type ScoreScale } from './read-score'

const words = String.raw`(?:${numberInWords})\b(?:[ ]point(?:[ ](?:${numberInWords})\b){1,4})?(?:[ ]and a half)?`
const amount = String.raw`(?:[-+−]?\p{Nd}{1,15}(?:[.,]\p{Nd}{1,15})?[ ]?[¼½¾]?|${words})`
const single = `${amount}(?:[*_]{0,3}[ ]{0,2}(?:/|out of)[ ]{0,2}[*_]{0,3}${amount}|[ ]{0,2}%)?`
/** With a second number right after it, which makes it no score: `7-8`, `7 or 8`. */
const scaled = `${single}(?:[ ]{0,2}(?:-|–|—|,|to|or|and)[ ]{0,2}${single})?`
const link = String.raw`[*_"]{0,4}[ ]{0,3}(?:\([^()\n]{0,30}\)[ ]{0,2})?(?:is|was|of|would be|=|:|-|–|—)?[*_"]{0,4}[: ]{0,3}[*_"\[(]{0,4}`

/** Ways in which a score is said where none was tagged; those that conclude count before those that do not. */
const concluding = [
  new RegExp(
    String.raw`\b(?:final|overall|total)[ ](?:score|rating|grade|mark|evaluation)\b${link}(${scaled})`,
    'giu',
  ),
  new RegExp(String.raw`\[\[[ ]{0,2}(${scaled})[ ]{0,2}\]\]`, 'giu'),
  new RegExp(String.raw`\\boxed\{[ ]{0,2}(${scaled})[ ]{0,2}\}`, 'giu'),
]
const saying = [
  new RegExp(String.raw`\b(?:score|rating|grade)\b${link}(${scaled})`, 'giu'),
  new RegExp(
    String.raw`\b(?:rate|give|award|assign|score)s?[ ](?:it|this|the|that)(?:[ ]\w{1,20}){0,3}?[ ](?:an?[ ])?(?:score[ ]of[ ])?[*_]{0,3}(${scaled})`,
    'giu',
  ),
]
const ratios = [
  new RegExp(
    String.raw`(?<![\w.,/])(${amount}[*_]{0,3}[ ]{0,2}(?:/|out of)[ ]{0,2}${amount})(?![\w/])`,
    'giu',
  ),
]
const alone = /^[\s*_#>"'([{-]*\[?[-+]?[\p{Nd}.,]{1,12}(?:[ ]?(?:\/|out of)[ ]?\p{Nd}{1,6})?[\s*_"')\].!}]*$/u

const LONGEST_LINE = 80

interface Place {
  readonly written: string
  readonly end: number
}

const placesOf = (text: string, patterns: readonly RegExp[]): Place[] =>
  patterns.flatMap((pattern) =>
    Array.from(text.matchAll(pattern), (match) => ({
      written: match[1]!,
      end: match.index + match[0].length,
    })),
  )

function lastLineAlone(text: string): Place[] {
  const trimmed = text.trimEnd()
  const line = trimmed.slice(trimmed.lastIndexOf('\n') + 1)
  return line.length <= LONGEST_LINE && alone.test(line) ? [{ written: line, end: trimmed.length }] : []
}

const speaks = ({ scores, refused }: ScoreReading) => scores.length + refused.length > 0

/**
 * The score that a text says in passing, such as `Score: 8` or `I give it 8 out of 10`: recovered at best, for it is not
 * where it was asked for. A number that nothing calls a score is none.
 *
 * @param complete whether the text is known not to have been cut off.
 */
export function freeScore(
  text: string,
  scale: ScoreScale,
  repair: string,
  complete: boolean,
): Parsed<number> {
  const conclusions = [...placesOf(text, concluding), ...lastLineAlone(text)]
  const levels = [conclusions, placesOf(text, saying), placesOf(text, ratios)]
  for (const places of levels) {
    const read = places
      .map((place) => ({ ...place, reading: readScore(place.written, scale) }))
      .filter(({ reading }) => speaks(reading))
    if (read.length === 0) continue
    const scores = [...new Set(read.flatMap(({ reading }) => reading.scores))]
    const refused = read.flatMap(({ reading }) => reading.refused)
    const outside = `${say(refused)} is no score from ${scale.min} to ${scale.max}`
    if (scores.length === 0) return missing('invalid', outside)
    if (refused.length > 0) return ambiguous(scores, `${outside}, beside ${say(scores)}`)
    const atEnd = read.find(({ end }) => text.slice(end).trim() === '')
    const longer = complete || atEnd === undefined ? [] : longerScores(text.trimEnd(), scale)
    if (longer.length > 0) {
      const all = [...new Set([...scores, ...longer])]
      return ambiguous(all, `the text may have been cut off after ${say(scores)}`)
    }
    const found: Found<number>[] = scores.map((value) => ({
      value,
      repairs: [repair, ...read.flatMap(({ reading }) => reading.repairs)],
    }))
    return settle(found, 'scores')
  }
  return missing('absent', `${repair}, and nothing else says a score`)
}
