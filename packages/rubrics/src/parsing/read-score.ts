import type { ScoreFormat } from '../judge-format'
import { plainNumbers, wordsToDigits } from './plain-numbers'

const LONGEST_QUOTED = 60

/** The least and the greatest score that a format asks for. */
export type ScoreScale = ScoreFormat['scale']

/** What a short text says about a score. */
export interface ScoreReading {
  /** Scores on the scale, each once. */
  readonly scores: readonly number[]
  /** Numbers that are no scores on the scale, as they are written. */
  readonly refused: readonly string[]
  /** What was amiss with the way in which the score is written. */
  readonly repairs: readonly string[]
}

const digits = String.raw`\d{1,15}(?:[.,]\d{1,15})?|\.\d{1,15}`
const number = new RegExp(
  String.raw`(?<![\w.,])(?<![A-Za-z][-+])([-+]?)(${digits})(?:[ ]{0,2}(%)|[*_"\]]{0,3}[ ]{0,2}(?:/|out[ ]of)[ ]{0,2}[*_"\[]{0,3}(${digits}))?(?![.,]?\d|%|e\d|(?:st|nd|rd|th)\b)`,
  'gi',
)
const asAsked = /^\s*-?\d+(?:\.\d+)?\s*$/
/** The prompt's own words, which many repeat: `score (out of 10): 8`. */
const reminder =
  /[ ]?[(](?:(?:out of|from|max(?:imum)?|on a scale|between|range)\b[^()\n]{0,30}|\d{1,3} ?(?:-|–|to) ?\d{1,3})[)]/gi

const link = String.raw`[ ]{0,3}(?:is|was|of|would be|=|:|-|–|—)?:?\s{0,3}`
const thing = '(?:it|that|this|(?:this|the) (?:response|answer|output))'
/** Source of the ways in which a text says that what comes next is the score of the whole response. */
export const scoreLead = [
  `(?:(?:my|the|a|its) )?(?:(?<final>(?:final|overall|total) (?:score|rating|grade|mark|evaluation|verdict|assessment|quality|judge?ment)|overall(?=[ ]{0,2}:|[ ]{2,3}\\d))|score|rating|grade|mark|evaluation)(?: (?:for|of) (?:this|the) (?:response|answer|output))?${link}`,
  "(?:I|we)(?:['’]d| would| will| must)? (?:give|award|assign) (?:an? (?:final |overall )?)?(?:score|rating|grade) of ",
  `${thing} (?:deserves|gets|earns|merits|receives|scores|is worth) (?:an? |a score of )?`,
  `(?:I|we)(?:['’]d| would| will| must)? (?:rate|give|award|assign|score) ${thing}(?: with| as)? (?:an? )?(?:score of )?`,
].join('|')

const one = `[-+]?(?:${digits})(?:[ ]{0,2}%|[ ]{0,2}(?:/|out of)[ ]{0,2}(?:${digits}))?`
/** A score by itself, or with a label before it and a unit, or a reason, after it; or several that leave it open. */
const statement = new RegExp(
  String.raw`^(?:${scoreLead}|answer${link}|between )?(?<number>${one}(?:[ ]{0,2}(?:-|–|—|,|;|to|or|and|\s{0,3}\n\s{0,3})[ ]{0,2}${one}){0,3})(?: (?:points?|pts|stars?|marks?))?\s{0,3}(?:$|\((?<note>[^()]*)\)[.\s]*$|(?:[.!]|[.,;:]? because\b|[.,;]? (?:since|as|for)\b|[.;:]\s|,\s|[ ][-–—][ ](?!\d)|\n)(?<rest>[^]*)$)`,
  'i',
)
/** A second opinion in what comes after a score. */
const otherwise =
  /\b(?:or|rather|wait|actually|instead|correction|I mean|on reflection|scratch|(?:minus|plus|less) \d+)\b|\bno,/i

/** Three digits after a comma are thousands, fewer are decimals. */
function numberOf(sign: string, written: string): number {
  const comma = written.indexOf(',')
  const thousands = comma > 0 && written.length - comma === 4
  return Number(sign + written.replace(',', thousands ? '' : '.'))
}

function scoreOf(match: RegExpMatchArray, scale: ScoreScale): number | undefined {
  const [, sign, written, percent, most] = match
  if (percent !== undefined && scale.max !== 100) return undefined
  if (most !== undefined && numberOf('', most) !== scale.max) return undefined
  const score = numberOf(sign!, written!)
  return score >= scale.min && score <= scale.max ? score : undefined
}

/** `min-max` or `min to max` is a placeholder of the prompt, not a score. */
function isPlaceholder(text: string, { min, max }: ScoreScale): boolean {
  if (text.length > LONGEST_QUOTED) return false
  const range = /^\D{0,20}?(-?\d+(?:\.\d+)?)\s*(?:-|–|—|to|\.\.\.?|…)\s*(-?\d+(?:\.\d+)?)\D{0,20}$/.exec(text)
  return range !== null && Number(range[1]) === min && Number(range[2]) === max
}

const written = (match: RegExpMatchArray) => match[0].trim()

function readNumbers(text: string, scale: ScoreScale): Pick<ScoreReading, 'scores' | 'refused'> {
  const found = Array.from(text.matchAll(number), (match) => ({ match, score: scoreOf(match, scale) }))
  return {
    scores: [...new Set(found.flatMap(({ score }) => (score === undefined ? [] : [score])))],
    refused: [...new Set(found.flatMap(({ match, score }) => (score === undefined ? [written(match)] : [])))],
  }
}

/** `text` without the marks of emphasis, brackets and quotation, and without reminders of the scale. */
export const withoutMarks = (text: string): string =>
  text
    .replace(reminder, '')
    .replace(/\$?\\boxed\{([^{}]{1,20})\}\$?/g, '$1')
    .replace(/[*|\x60"“”[\]#{}\\]/g, '')
    .replace(/_/g, ' ')

/** The part of a short text that is its score, or scores; undefined where the text says something else. */
function statedPart(text: string): string | undefined {
  const match = statement.exec(withoutMarks(text).trim())
  if (match === null || otherwise.test(match.groups!.note ?? match.groups!.rest ?? '')) return undefined
  return match.groups!.number!
}

/**
 * The score that a short text is: `8`, `8/10`, `8 out of 10`, `8,5`, `**8**`, `eight`, `Score: 8, because …`. Numbers in a
 * text that says something else are none. A score out of another maximum than the scale's, or outside the scale, is
 * refused, never converted or clamped.
 */
export function readScore(text: string, scale: ScoreScale): ScoreReading {
  if (asAsked.test(text)) return { ...readNumbers(text, scale), repairs: [] }
  const plain = plainNumbers(text).replace(reminder, ' ')
  const none = { scores: [], refused: [] }
  if (isPlaceholder(plain, scale)) return { ...none, repairs: ['a placeholder of the prompt is repeated'] }
  const inDigits = /\d/.test(plain)
  const part = statedPart(inDigits ? plain : wordsToDigits(plain))
  if (part === undefined) return { ...none, repairs: [] }
  const { scores, refused } = readNumbers(part, scale)
  const repairs = [
    ...(/[^\P{Nd}0-9]/u.test(text) ? ['the digits are not ASCII'] : []),
    ...(inDigits ? [] : ['the score is in words']),
    ...(/\d,\d/.test(part) ? ['the score has a comma'] : []),
    `the score is written as ${JSON.stringify(shorten(text.trim()))}`,
  ]
  return { scores, refused, repairs }
}

const shorten = (text: string) => (text.length > LONGEST_QUOTED ? `${text.slice(0, LONGEST_QUOTED)}…` : text)

/** The scores that `text`, when it was cut off in the middle of a number, may have been going to be. */
export function longerScores(text: string, scale: ScoreScale): number[] {
  const tail = /(?:^|[^\d.,])(\d{1,6})([.,]?)\s*$/.exec(plainNumbers(text.slice(-40)))
  if (tail === null) return []
  const [, begun, point] = tail
  const before = Number(begun)
  if (point !== '') return before >= scale.min && before <= scale.max ? [before] : []
  const longer: number[] = []
  for (let step = 10; before * step <= scale.max && before > 0; step *= 10) {
    longer.push(Math.max(before * step, scale.min))
  }
  return longer
}
