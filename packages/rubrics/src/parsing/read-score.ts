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
const reminder = /[([](?:out of|from|max(?:imum)?|on a scale|between|range)\b[^()[\]\n]{0,30}[)\]]/gi
const finalLabel = /\b(?:final|overall|total)[ ]+(?:score|rating|grade|mark)\b[^\d\n]{0,20}(?=\d)/gi

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

/** What comes right after `final score:` and its like, if that is in the text. */
function afterFinalLabel(text: string): string | undefined {
  const rests = Array.from(text.matchAll(finalLabel), (match) => {
    const start = match.index + match[0].length
    return text.slice(start, start + LONGEST_QUOTED).match(number)?.[0] ?? ''
  })
  return rests.length === 0 ? undefined : rests.join(' ; ')
}

/**
 * All that a short text may mean as a score: `8`, `8/10`, `8 out of 10`, `8,5`, `**8**`, `eight`. A score out of
 * another maximum than the scale's, or outside the scale, is refused, never converted or clamped.
 */
export function readScore(text: string, scale: ScoreScale): ScoreReading {
  if (asAsked.test(text)) return { ...readNumbers(text, scale), repairs: [] }
  const plain = plainNumbers(text).replace(reminder, ' ')
  const none = { scores: [], refused: [] }
  if (isPlaceholder(plain, scale)) return { ...none, repairs: ['a placeholder of the prompt is repeated'] }
  const inDigits = /\d/.test(plain)
  const readable = inDigits ? plain : wordsToDigits(plain)
  const labelled = afterFinalLabel(readable)
  const { scores, refused } = readNumbers(labelled ?? readable, scale)
  const repairs = [
    ...(/[^\P{Nd}0-9]/u.test(text) ? ['the digits are not ASCII'] : []),
    ...(inDigits || readable === plain ? [] : ['the score is in words']),
    ...(/\d,\d/.test(readable) ? ['the score has a comma'] : []),
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
  if (point !== '') return [before]
  const longer: number[] = []
  for (let step = 10; before * step <= scale.max && before > 0; step *= 10) {
    longer.push(Math.max(before * step, scale.min))
  }
  return longer
}
