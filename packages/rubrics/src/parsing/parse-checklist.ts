import type { ChecklistAnswer } from '../answers'
import { checkOptions, formatValue } from '../check-options'
import type { Parsed } from '../parsed'
import { RubricError } from '../rubric-error'
import { finalText } from './final-text'
import { jsonBlocks } from './json-blocks'
import { ambiguous, answered, missing, say } from './outcomes'

/** Options of {@link parseChecklist}. */
export interface ChecklistOptions {
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
const word = /^[\s*_"'([{-]{0,8}(yes|no|true|false)\b(?![ ]*(?:\/|\||or|and)[ ]*(?:yes|no))/i
const lastWord = /[\s*_"'([:?–—-](yes|no)[*_"')\].!]{0,5}\s*$/i
const bullet = /^[\s>*_#"'([-]{0,12}(yes|no)\b[*_"')\].,:;!]{0,5}(?=\s|$)/i
const asAsked = /^\d{1,4}[.):] (?:yes|no)[.]?$/i

const isYes = (answer: string) => /^(?:yes|true)$/i.test(answer)

/** The answer of a numbered line: its first word, else its last, where the question is repeated before it. */
function readLine(line: string): Entry[] {
  const match = numbered.exec(line)
  if (match === null) return []
  const rest = match[2]!
  const answer = word.exec(rest)?.[1] ?? lastWord.exec(rest)?.[1]
  if (answer === undefined) return []
  return [{ question: Number(match[1]) - 1, satisfied: isYes(answer), plain: asAsked.test(line.trim()) }]
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

function readEntries(text: string, count: number): { entries: Entry[]; repairs: string[] } {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
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
 * where a question has both answers. Missing where one has none: it is not taken for no. Reasoning between `<think>` and
 * `</think>` is not looked at.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseChecklist(text: string, options: ChecklistOptions): Parsed<ChecklistAnswer> {
  checkOptions('parseChecklist', options, { count: true })
  const { count } = options
  if (!Number.isSafeInteger(count) || count < 1 || count > 1000) {
    throw new RubricError(
      'OUT_OF_RANGE',
      'count',
      `count is ${formatValue(count)}; expected an integer from 1 to 1000`,
    )
  }
  const final = finalText(text)
  if (final.unfinished) return missing('cut-off', 'the text ends within its reasoning')
  const { entries, repairs } = readEntries(final.text, count)
  const within = entries.filter(({ question }) => question >= 0 && question < count)
  const answers = new Map(within.map(({ question, satisfied }) => [question, satisfied]))
  const open = Array.from({ length: count }, (_, i) => i).filter((i) => !answers.has(i))
  if (open.length > 0) {
    const cause = entries.length === 0 ? 'absent' : open.includes(count - 1) ? 'cut-off' : 'invalid'
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
