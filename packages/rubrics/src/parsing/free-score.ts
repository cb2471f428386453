import type { Parsed } from '../parsed'
import { ambiguous, missing, say, settle } from './outcomes'
import { numberInWords } from './plain-numbers'
import {
  longerScores,
  readScore,
  type ScoreReading,
  type ScoreScale,
  scoreLead,
  withoutMarks,
} from './read-score'
import { isStated, retracts } from './stated'

const words = String.raw`(?:${numberInWords})\b(?:[ ]point(?:[ ](?:${numberInWords})\b){1,4})?(?:[ ]and a half)?`
const amount = String.raw`(?:[-+−]?\p{Nd}{1,15}(?:[.,]\p{Nd}{1,15})?[ ]?[¼½¾]?|${words})`
const single = `${amount}(?:[ ]{0,2}(?:/|out of)[ ]{0,2}${amount}|[ ]{0,2}%)?`
/** With a second number right after it, which makes it no score: `7-8`, `7 or 8`. */
const scaled = `${single}(?:[ ]{0,2}(?:-|–|—|,|to|or|and)[ ]{0,2}${single})?`
const start = String.raw`(?:^|[.!?;][ ]{1,3}|\b(?:so|but|therefore|thus|hence|overall|finally|in sum|or rather|actually|wait|no),?[ ])(?:[\s>|•–-]{0,8})`
/** Where a number ends its clause: `9 for style` is no score of the whole. */
const end = String.raw`(?![.,]?\p{Nd})(?=(?:[ ](?:points?|stars?|marks?))?[ ]{0,3}(?:$|[.!;,)|]|[–—-](?![ ]{0,2}\p{Nd})|\((?!(?:minus|plus|less)\b)|because\b|since\b|as\b|and\b|but\b|overall\b|in (?:total|all)\b))`
const saying = new RegExp(`${start}(?<said>(?:${scoreLead})(?<score>${scaled}))${end}`, 'gimu')

const LONGEST_ALONE = 80
/** Nothing but a number, in digits or in words. */
const onlyNumber = new RegExp(
  String.raw`^(?:[^\p{L}\n]|\b(?:out of|and a half|point|${numberInWords})\b){1,80}$`,
  'iu',
)

/** A score that a text says in words of its own. */
export interface SaidScore {
  readonly reading: ScoreReading
  /** True where it says of itself that it is the final one. */
  readonly final: boolean
  /** What the text has after it. */
  readonly after: string
}

const speaks = ({ scores, refused }: ScoreReading) => scores.length + refused.length > 0

const scoreTags = /<(?:score|rating|final_score)>([^<>]{1,40})<\/(?:score|rating|final_score)>/gi
/** `Answer: 7` is a score as the last line only: anywhere else it may be the answer to the question. */
const answerLine = /^[\s*_#>]{0,8}(?:(?:my|the) )?(?<final>final )?answer[*_]{0,3}[ ]{0,2}[:=]/i

/** `text` with other ways to name a score spelt as `score: 7`. */
function namedScores(text: string): string {
  const plain = text.replace(scoreTags, 'Score: $1')
  const from = plain.trimEnd().lastIndexOf('\n') + 1
  const line = plain.slice(from).replace(answerLine, (_, final = '') => `${final}score:`)
  return plain.slice(0, from) + line
}

/** The scores that a text states in passing, such as `Score: 8` or `I give it 8 out of 10`; and a text that is one. */
export function saidScores(text: string, scale: ScoreScale): SaidScore[] {
  const plain = withoutMarks(namedScores(text))
  const said = Array.from(plain.matchAll(saying)).flatMap((match) => {
    const to = match.index + match[0].length
    const from = to - match.groups!.said!.length
    if (!isStated(plain, from, to)) return []
    const reading = readScore(match.groups!.score!, scale)
    return [{ reading, final: match.groups!.final !== undefined, after: plain.slice(to) }]
  })
  const trimmed = text.trim().replace(/^\$?\\boxed\{([^{}]{1,20})\}\$?$/, '$1')
  const isAlone = said.length === 0 && trimmed.length <= LONGEST_ALONE && onlyNumber.test(trimmed)
  const alone = isAlone ? [readScore(trimmed, scale)] : []
  return [...said, ...alone.map((reading) => ({ reading, final: false, after: '' }))].filter(({ reading }) =>
    speaks(reading),
  )
}

/**
 * The score that a text says in passing: recovered at best, for it is not where it was asked for. A number that nothing
 * calls the score of the whole is none, such as that of one criterion.
 *
 * @param whole whether the text is known not to have been cut off.
 */
export function freeScore(text: string, scale: ScoreScale, repair: string, whole: boolean): Parsed<number> {
  const all = saidScores(text, scale)
  const final = all.filter((each) => each.final)
  const said = final.length > 0 ? final : all
  if (said.length === 0) return missing('absent', `${repair}, and nothing else says a score`)
  const scores = said.flatMap(({ reading }) => reading.scores)
  const refused = said.flatMap(({ reading }) => reading.refused)
  const outside = `${say(refused)} is no score from ${scale.min} to ${scale.max}`
  if (scores.length === 0) return missing('invalid', outside)
  if (refused.length > 0) return ambiguous(scores, `${outside}, beside ${say(scores)}`)
  const { after } = said.at(-1)!
  if (retracts(after)) return ambiguous(scores, `a score is taken back: ${say(scores)}`)
  const longer = !whole && after.trim() === '' ? longerScores(text, scale) : []
  if (longer.length > 0) {
    return ambiguous([...scores, ...longer], `the text may have been cut off after ${say(scores)}`)
  }
  const repairs = [repair, ...said.flatMap(({ reading }) => reading.repairs)]
  return settle(
    scores.map((value) => ({ value, repairs })),
    'scores',
  )
}
