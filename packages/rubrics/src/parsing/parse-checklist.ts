import type { ChecklistAnswer } from '../answers'
import { checkOptions, formatValue } from '../check-options'
import type { ParseContext } from '../judge-format'
import type { Parsed } from '../parsed'
import { RubricError } from '../rubric-error'
import { checkContext } from './check-parse-options'
import { finalText } from './final-text'
import { jsonBlocks } from './json-blocks'
import { ambiguous, answered, missing, say, unfinished } from './outcomes'
import { unquoted } from './quotations'
import { isStated } from './stated'

/** Options of {@link parseChecklist}. */
export interface ChecklistOptions extends ParseContext {
  /** How many questions were asked, at least 1. */
  readonly count: number
}

/** The answer to one question, by its number from 0; NaN for a line without a number. */
interface Entry {
  readonly question: number
  readonly satisfied: boolean
  readonly plain: boolean
}

const numbered =
  /^[\s>*_#-]{0,12}(?:(?:q|question|answer|a|item)[ ]?#?)?[*_]{0,3}[([]?(\d{1,4})[*_]{0,3}[ ]?[.):\]\-–—=][\s*_:"'()[\]-]{0,8}(.{0,400})/i
const word =
  /^[\s*_"'([{-]{0,8}(yes|no|true|false)\b(?![ ]*(?:\/|\||or|and)[ ]*(?:yes|no))(?=[*_"')\]}]{0,5}[ ]{0,3}(?:$|[.,;:!–—(-]|(?:because|as|since|but|it|the|this|i)\b))/i
const lastWord = /[\s*_"'([:?–—-](yes|no)[*_"')\].!]{0,5}\s*$/i
const both = /^[\s*_"'(]{0,4}(?:yes and no|no and yes|both yes and no)\b/i
const partly =
  '(?:partial(?:ly)?|partly|in part|half|halfway|somewhat|almost|nearly|sort of|kind of|to some extent)'
/** `Partially yes`, `Yes, partly`. */
const partial = new RegExp(
  `^[\\s*_"'(]{0,4}(?:${partly}[ ,:*_]{1,4}(?:yes|no)\\b|(?:yes|no)[*_]{0,3}[ ]?[,(–—-][ ]{0,2}(?:but )?(?:only )?${partly}\\b)`,
  'i',
)
const bullet = /^[\s>*_#"'([-]{0,12}(yes|no)\b[*_"')\].,:;!]{0,5}(?=\s|$)/i
const asAsked = /^\d{1,4}[.):] (?:yes|no)[.]?$/i

const isYes = (answer: string) => /^(?:yes|true)$/i.test(answer)

/** The word at the end of a line, if the line states it. */
function closingWord(rest: string): string | undefined {
  const match = lastWord.exec(rest)
  if (match === null || !isStated(rest, match.index + 1, rest.length)) return undefined
  return match[1]
}

/** The answer of a numbered line: its first word, or its last, where the question is repeated before it; not both. */
function readLine(line: string): Entry[] {
  const match = numbered.exec(line)
  if (match === null) return []
  const rest = match[2]!
  const question = Number(match[1]) - 1
  if (both.test(rest)) return [true, false].map((satisfied) => ({ question, satisfied, plain: false }))
  if (partial.test(rest)) return []
  const answers = [word.exec(rest)?.[1], closingWord(rest)].filter((each) => each !== undefined)
  if (new Set(answers.map(isYes)).size !== 1) return []
  const satisfied = isYes(answers[0]!)
  return [{ question, satisfied, plain: asAsked.test(line.trim()) }]
}

const truths: Readonly<Record<string, boolean>> = { yes: true, no: false, true: true, false: false }

const truthOf = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : truths[String(value).trim().toLowerCase()]

function entriesOf(pairs: readonly (readonly [number, unknown])[]): Entry[] {
  const read = pairs.map(([question, value]) => ({ question, truth: truthOf(value) }))
  if (read.length === 0 || read.some(({ question, truth }) => truth === undefined || Number.isNaN(question)))
    return []
  return read.map(({ question, truth }) => ({ question, satisfied: truth!, plain: false }))
}

/** `[true, false]`, `{"1": "yes", "2": "no"}` or `{"answers": […]}`. */
function readJson(text: string, count: number): Entry[] {
  const arrays = jsonBlocks(text, '[').filter(({ value }) => Array.isArray(value) && value.length === count)
  const lists = arrays.flatMap(({ value }) => entriesOf((value as unknown[]).map((each, i) => [i, each])))
  if (lists.length > 0) return lists
  return jsonBlocks(text, '{').flatMap(({ value }) => {
    if (typeof value !== 'object' || value === null) return []
    return entriesOf(
      Object.entries(value).map(([key, each]) => [Number(/\d+/.exec(key)?.[0] ?? Number.NaN) - 1, each]),
    )
  })
}

const lastLine = (text: string) => text.trimEnd().slice(text.trimEnd().lastIndexOf('\n') + 1)

/** A word in quotation marks is said all the same. */
const isWord = (content: string) => /^(?:yes|no|true|false)$/i.test(content)

function readEntries(all: string, count: number, isCut: boolean): { entries: Entry[]; repairs: string[] } {
  // The last line of a text that was cut off may have been going to say something else.
  const text = isCut ? all.slice(0, all.lastIndexOf('\n') + 1) : all
  const lines = unquoted(text, isWord)
    .text.split('\n')
    .filter((line) => line.trim() !== '')
  const entries = lines.flatMap(readLine)
  if (entries.length > 0) {
    const asked = entries.length === lines.length && entries.every(({ plain }) => plain)
    return { entries, repairs: asked ? [] : ['there is text beside the answers'] }
  }
  const json = readJson(text, count)
  if (json.length > 0) return { entries: json, repairs: ['the answers are JSON'] }
  const bare = lines.flatMap((line) => bullet.exec(line)?.[1] ?? [])
  // Without numbers, answers belong to questions only when there are as many.
  if (bare.length !== count) return { entries: [], repairs: [] }
  const inOrder = bare.map((answer, question) => ({ question, satisfied: isYes(answer), plain: false }))
  return { entries: inOrder, repairs: ['the answers are not numbered'] }
}

/**
 * Yes or no to each of some questions: a line each, `1. yes`. Exact for these lines and nothing else. Recovered where there is
 * text beside the answers (`Q2: **No**, because …`), they are JSON, or as many lines without numbers as questions. Ambiguous
 * where a question has both answers. Missing where one has none, or denies it (`not yes`): it is not taken for no. Reasoning between `<think>` and
 * `</think>` is not looked at.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseChecklist(text: string, options: ChecklistOptions): Parsed<ChecklistAnswer> {
  checkOptions('parseChecklist', options, { count: true, cutOff: true })
  checkContext(options)
  const { count, cutOff } = options
  if (!Number.isSafeInteger(count) || count < 1 || count > 1000) {
    throw new RubricError(
      'OUT_OF_RANGE',
      'count',
      `count is ${formatValue(count)}; expected an integer from 1 to 1000`,
    )
  }
  const final = finalText(text)
  if (final.unfinished) return unfinished()
  const { entries, repairs } = readEntries(final.text, count, cutOff === true)
  const within = entries.filter(({ question }) => question >= 0 && question < count)
  const answers = new Map(within.map(({ question, satisfied }) => [question, satisfied]))
  const open = Array.from({ length: count }, (_, i) => i).filter((i) => !answers.has(i))
  if (open.length > 0) {
    const ends =
      open[0] === answers.size &&
      within.length === entries.length &&
      readLine(lastLine(final.text)).length > 0
    const cause =
      cutOff === true || (ends && answers.size > 0) ? 'cut-off' : entries.length === 0 ? 'absent' : 'invalid'
    return missing(cause, `no answer to question ${say(open.map((i) => i + 1))} of ${count}`)
  }
  const listed = (of: ReadonlyMap<number, boolean>) => ({
    satisfied: Array.from({ length: count }, (_, i) => of.get(i)!),
  })
  const first = new Map(within.map(({ question, satisfied }) => [question, satisfied] as const).reverse())
  const twice = within.filter(({ question, satisfied }) => answers.get(question) !== satisfied)
  if (twice.length > 0) {
    const both = [...new Set(twice.map(({ question }) => question + 1))]
    return ambiguous([listed(first), listed(answers)], `question ${say(both)} has both answers`)
  }
  const more = within.length < entries.length ? ['there are answers to questions that were not asked'] : []
  const again = within.length > count ? ['answers are repeated'] : []
  return answered({ value: listed(answers), repairs: [...repairs, ...more, ...again] })
}
