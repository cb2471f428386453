import type { GeneratedCriterion } from '../answers'
import { checkOptions, formatValue } from '../check-options'
import type { Parsed } from '../parsed'
import { RubricError } from '../rubric-error'
import { checkTag } from './check-parse-options'
import { finalText } from './final-text'
import { jsonBlocks } from './json-blocks'
import { ambiguous, answered, missing, say, unfinished } from './outcomes'
import { taggedSpans } from './tagged-spans'

/** Options of {@link parseRubricList}. */
export interface RubricListOptions {
  /** Name of the tag around the list, where one was asked for. */
  readonly tag?: string
  /** The least number of criteria. Default: 1. */
  readonly min?: number
  /** The greatest number of criteria. Default: 3. */
  readonly max?: number
}

interface Line extends GeneratedCriterion {
  readonly plain: boolean
}

const entry = /^[ \t>]{0,12}(?:(\d{1,2})[.)]|[-*•+])[ \t]{1,4}(\S.{0,1999})$/
const emphasised = /^(?:\*\*|__)([^*_\n]{1,100}?)[ ]?:?(?:\*\*|__)[ ]?(?::|-|–|—)?[ \t]{0,3}(.*)$/
const separated =
  /^[`"']?([^:\n–—]{1,80}?)[`"']?[ ]{0,2}(?:\([^()\n]{0,40}\)[ ]?)?(?::|[ ][-–—][ ])[ \t]{0,3}(.*)$/

const plainly = /^\d{1,2}\. [^:*_`"'(]{1,80}: \S/

/** `1. Name: what it asks for`, `- **Name** – what it asks for`; a line without a separator is a name. */
function readEntry(line: string): Line[] {
  const match = entry.exec(line)
  if (match === null) return []
  const content = match[2]!.trim()
  const parts = emphasised.exec(content) ?? separated.exec(content)
  const [name, description] = parts === null ? [content, ''] : [parts[1]!, parts[2]!]
  return [{ name: name.trim(), description: description.trim(), plain: plainly.test(line.trim()) }]
}

const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '')

function readJson(source: string): GeneratedCriterion[] {
  return jsonBlocks(source, '[').flatMap(({ value }) => {
    if (!Array.isArray(value)) return []
    return value.flatMap((each: unknown) => {
      if (typeof each !== 'object' || each === null) return []
      const fields = each as Readonly<Record<string, unknown>>
      const name = text(fields.name ?? fields.criterion ?? fields.title)
      return name === '' ? [] : [{ name, description: text(fields.description) }]
    })
  })
}

function readList(content: string): { criteria: GeneratedCriterion[]; repairs: string[] } {
  const json = readJson(content)
  if (json.length > 0) return { criteria: json, repairs: ['the criteria are JSON'] }
  const lines = content.split('\n').filter((line) => line.trim() !== '')
  const read = lines.flatMap(readEntry)
  const asAsked = read.length === lines.length && read.every(({ plain }) => plain)
  return {
    criteria: read.map(({ name, description }) => ({ name, description })),
    repairs: asAsked || read.length === 0 ? [] : ['the criteria are not written as `1. Name: description`'],
  }
}

const nameOf = ({ name }: GeneratedCriterion) => name.toLowerCase()

function checkCounts(min: number, max: number): void {
  if (Number.isSafeInteger(min) && Number.isSafeInteger(max) && min >= 0 && max >= Math.max(min, 1)) return
  const message = `min is ${formatValue(min)} and max ${formatValue(max)}; expected integers, 0 ≤ min ≤ max, max ≥ 1`
  throw new RubricError('OUT_OF_RANGE', 'max', message)
}

/**
 * The criteria that a judge thought of for a prompt and response: a line each, `1. Name: description`, in a tag where one
 * was asked for. Exact for these and nothing else. Recovered for bullets, emphasis, JSON, other text in between, a
 * missing tag, or a criterion said twice in the same words. Ambiguous where a name has two descriptions. Missing where
 * there are too few, or more than asked for: which of them count is not guessed.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseRubricList(
  source: string,
  options: RubricListOptions = {},
): Parsed<readonly GeneratedCriterion[]> {
  checkOptions('parseRubricList', options, { tag: true, min: true, max: true })
  const { tag, min = 1, max = 3 } = options
  checkCounts(min, max)
  if (tag !== undefined) checkTag(tag)
  const final = finalText(source)
  if (final.unfinished) return unfinished()
  const spans = tag === undefined ? [] : taggedSpans(final.text, tag, 'all')
  const untagged = tag !== undefined && spans.length === 0 ? [`the tag <${tag}> is missing`] : []
  const places = spans.length > 0 ? spans : [{ content: final.text, repairs: untagged }]
  const read = places.map(({ content, repairs }) => ({ ...readList(content), amiss: repairs }))
  const all = read.flatMap(({ criteria }) => criteria)
  const distinct = [...new Map(all.map((each) => [`${nameOf(each)}\n${each.description}`, each])).values()]
  const names = new Set(distinct.map(nameOf))
  if (all.length === 0) return missing('absent', 'the text has no list of criteria')
  if (names.size < distinct.length) {
    return ambiguous([distinct], `a criterion is described twice: ${say(distinct.map(({ name }) => name))}`)
  }
  if (names.size < min || names.size > max) {
    return missing('invalid', `the list has ${names.size} criteria; expected ${min} to ${max}`)
  }
  const repeated = distinct.length < all.length ? ['a criterion is repeated'] : []
  return answered({
    value: distinct,
    repairs: [...read.flatMap(({ amiss, repairs }) => [...amiss, ...repairs]), ...repeated],
  })
}
