import { PrefkitError } from '../../prefkit-error'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import { rowField } from './row-field'

/** Options of {@link exactAnswerReward}. */
export interface ExactAnswerRewardOptions extends RewardOptions {
  /** The column of the prompt's row that has the right answer, alone or behind `####`. Default: `answer`. */
  readonly field?: string
}

/** What stands in the last `\boxed{…}`, whose braces may be nested. */
function lastBoxed(text: string): string | undefined {
  const start = text.lastIndexOf('\\boxed{')
  if (start < 0) return undefined
  const from = start + '\\boxed{'.length
  let depth = 1
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++
    if (text[i] === '}') depth--
    if (depth === 0) return text.slice(from, i)
  }
  return undefined
}

/** The rest of the line behind the last `####`. */
const behindMark = (text: string): string | undefined => /.*####[ \t]*([^\n]*)/su.exec(text)?.[1]

/** A sign behind a digit is a minus between two numbers. */
const number = /(?:(?<!\d)[-+])?(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:e[-+]?\d+(?!\w))?/gi

const lastNumber = (text: string): string | undefined => text.match(number)?.at(-1)

/** What is marked as the answer of a text. */
const markedAnswer = (text: string): string | undefined => lastBoxed(text) ?? behindMark(text)

/** Without what surrounds answers: currency, percent, spaces, a full stop at the end. */
const bare = (answer: string): string =>
  answer
    .trim()
    .replace(/^\\?[$€£]|\\?[$%]$/g, '')
    .replace(/\.$/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()

const valueOf = (text: string): number => Number(text.replaceAll(',', ''))

/** The number that an answer is; undefined for other texts. */
function numberOf(answer: string): number | undefined {
  const text = bare(answer)
  return text.match(number)?.[0] === text ? valueOf(text) : undefined
}

/** TeX that only sets an answer: its spaces, signs of currency and percent, degrees, and texts, with the square or cube of a unit. */
const withoutSetting = (answer: string): string =>
  answer
    .replace(/\\[,;:!> ]|\\q?quad\b|~/g, ' ')
    .replace(/\^\{?\\circ\}?/g, '°')
    .replace(/\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox)\s*\{([^{}]*)\}(?:\^\{?[23]\}?)?/g, '$1')
    .replace(/\\([$%])/g, '$1')

/** Words, or what is set equal. */
const leadsToNumber = /^[\p{L}\s'’()]*[=≈:]?[\s$€£]*$/u
/** Words, units. */
const followsNumber = /^[\p{L}\s'’.,;:()°%$€£²³/]*$/u

/** The only number of an answer that is otherwise words, a unit, or what it is set equal to; undefined of sums, roots and so on. */
function onlyNumber(answer: string): number | undefined {
  const text = bare(withoutSetting(answer))
  const [found, ...others] = text.matchAll(number)
  if (!found || others.length > 0) return undefined
  const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)]
  // Of `x-5` the 5 is taken from something.
  const isTaken = /[-+]/.test(found[0][0]!) && /[\p{L})]\s*$/u.test(before)
  return !isTaken && leadsToNumber.test(before) && followsNumber.test(after) ? valueOf(found[0]) : undefined
}

/**
 * The answer that a response gives: in its last `\boxed{…}`, else behind its last `####`, else its last number where a number is
 * asked for. Undefined where it gives none.
 */
export const answerOf = (response: string, wantsNumber: boolean): string | undefined =>
  markedAnswer(response) ?? (wantsNumber ? lastNumber(response) : undefined)

/** Whether an answer is the expected one: as numbers where that is one, else without case and spaces. */
export function isSameAnswer(answer: string, expected: string): boolean {
  const wanted = numberOf(expected)
  return wanted === undefined ? bare(answer) === bare(expected) : onlyNumber(answer) === wanted
}

/**
 * 1 for responses with the right answer, 0 for the others, as for GSM8K: the answer is what stands in the last `\boxed{…}`, or
 * behind the last `####`, or, for numbers, the last number.
 *
 * Where the right answer is a number, an answer counts by its value (`1,000.0` and `1e3` are 1000), with words, a unit or what it is set
 * equal to around it: `42 apples`, `42 \text{ cm}^2`, `x = 42`. One with several numbers, or with a sum, a power, a root or a fraction,
 * does not count. Other answers are compared as texts, but for case and spaces. Logs `unanswered`, the share of responses that give none.
 * @returns a reward that throws PrefkitError `INVALID_CONFIG` for a prompt whose row has no answer.
 */
export function exactAnswerReward({
  field = 'answer',
  ...options
}: ExactAnswerRewardOptions = {}): RewardFunction {
  const name = options.name ?? 'exactAnswer'
  return rewardOf(name, options, async (rollouts) => {
    const read = rollouts.map(({ prompt, text }) => {
      const given = rowField(name, prompt, field)
      if (typeof given !== 'string' && typeof given !== 'number') {
        const message = `${name}: prompt ${prompt.id}: ${field}: expected text or a number, got ${JSON.stringify(given)}`
        throw new PrefkitError('INVALID_CONFIG', message)
      }
      const expected = markedAnswer(String(given)) ?? String(given)
      return { expected, answer: answerOf(text, numberOf(expected) !== undefined) }
    })
    const missing = read.filter(({ answer }) => answer === undefined)
    return {
      scores: read.map(({ answer, expected }) =>
        Number(answer !== undefined && isSameAnswer(answer, expected)),
      ),
      metrics: { unanswered: missing.length / read.length },
    }
  })
}
