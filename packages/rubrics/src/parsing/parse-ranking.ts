import type { ListAnswer } from '../answers'
import { checkOptions } from '../check-options'
import type { Parsed } from '../parsed'
import { RubricError } from '../rubric-error'
import { checkLabels, checkTag } from './check-parse-options'
import { finalText } from './final-text'
import { jsonBlocks } from './json-blocks'
import { anyMark, labelOf, markMentions } from './label-mentions'
import { ambiguous, type Found, missing, recovered, settle } from './outcomes'
import { taggedSpans } from './tagged-spans'

/** Options of {@link parseRanking}. */
export interface RankingOptions {
  /** What the responses are called, in the order of the item's responses; at least two. */
  readonly labels: readonly string[]
  /** Name of the tag around the ranking, where one was asked for. */
  readonly tag?: string
}

/** A sequence of labels that a text has, best first. */
interface Sequence {
  readonly order: readonly number[]
  readonly tied: boolean
  readonly asAsked: boolean
}

const MARK = new RegExp(anyMark, 'g')
const between = String.raw`[ \t]{0,3}(?:>{1,3}|<{1,3}|={1,2}|~|≻|≺|,|;|→|->)[ \t]{0,3}`
const chain = new RegExp(`${anyMark}(?:${between}${anyMark}){1,199}`, 'g')
const item = new RegExp(`^[ \\t>*_-]{0,8}(\\d{1,3})[ \\t]{0,2}[.):][ \\t*_]{0,6}(${anyMark})`, 'gm')

/** `A > C > B`, `B < A` or `A, C, B`; undefined where signs point both ways. */
function readChain(text: string): Sequence | undefined {
  const signs = text.replace(MARK, ' ')
  const [rising, falling] = [/[<≺]/.test(signs), /(?<!-)>|≻/.test(signs)]
  if (rising && falling) return undefined
  const order = Array.from(text.matchAll(MARK), ([mark]) => labelOf(mark))
  const asAsked = !rising && falling && !/[,;→-]/.test(signs)
  return { order: rising ? order.reverse() : order, tied: /[=~]/.test(signs), asAsked }
}

/** A numbered list, each number once, from 1 on. */
function readItems(text: string): Sequence[] {
  const items = Array.from(text.matchAll(item), (match) => ({ place: Number(match[1]), mark: match[2]! }))
  if (items.length === 0 || items.some(({ place }, i) => place !== i + 1)) return []
  return [{ order: items.map(({ mark }) => labelOf(mark)), tied: false, asAsked: false }]
}

function readJson(text: string, labels: readonly string[]): Sequence[] {
  return jsonBlocks(text, '[').flatMap(({ value }) => {
    const entries = Array.isArray(value) ? value.map((entry) => labels.indexOf(String(entry).trim())) : []
    return entries.length === labels.length && !entries.includes(-1)
      ? [{ order: entries, tied: false, asAsked: false }]
      : []
  })
}

/** All sequences of labels in a text: what JSON has, else chains, else a numbered list. */
function sequencesOf(text: string, labels: readonly string[], mark: (text: string) => string): Sequence[] {
  const marked = mark(text)
  const ways = [
    () => readJson(text, labels),
    () => Array.from(marked.matchAll(chain)).flatMap(([each]) => readChain(each) ?? []),
    () => readItems(marked),
  ]
  for (const way of ways) {
    const found = way()
    if (found.length > 0) return found
  }
  return []
}

const isWhole = (order: readonly number[], count: number) =>
  order.length === count && new Set(order).size === count

interface Place {
  readonly content: string
  readonly repairs: readonly string[]
}

function readPlaces(places: readonly Place[], labels: readonly string[], where: string): Parsed<ListAnswer> {
  const mark = markMentions(labels)
  const read = places.flatMap(({ content, repairs }) =>
    sequencesOf(content, labels, mark).map((sequence) => {
      const chainOnly =
        sequence.asAsked && content.trim() === sequence.order.map((i) => labels[i]).join(' > ')
      return {
        sequence,
        repairs: chainOnly ? repairs : [...repairs, 'the ranking is not written as A > B > C'],
      }
    }),
  )
  const whole = read.filter(({ sequence }) => isWhole(sequence.order, labels.length))
  if (whole.length === 0) {
    const some = read.length > 0
    const left = labels.filter((_, i) => !read.some(({ sequence }) => sequence.order.includes(i)))
    const lacking = left.length > 0 ? `lacks ${left.join(', ')}` : 'does not have each label once'
    return some ? missing('invalid', `the ranking ${lacking}`) : missing('absent', `${where} has no ranking`)
  }
  const tied = whole.filter(({ sequence }) => sequence.tied)
  if (tied.length > 0) {
    return ambiguous(
      tied.map(({ sequence }) => ({ ranking: sequence.order })),
      'the ranking has ties',
    )
  }
  const found: Found<ListAnswer>[] = whole.map(({ sequence, repairs }) => ({
    value: { ranking: sequence.order },
    repairs,
  }))
  return settle(found, 'rankings')
}

/**
 * The order in which a judge's text puts responses: `<answer>C > A > B</answer>`. Exact for labels between `>`, best first,
 * where they were asked for. Recovered for `B < A < C`, commas, a JSON array, a numbered list, or a ranking outside the tag.
 * Ambiguous for ties and for rankings that differ. Missing where a label is not ranked, or twice. Reasoning between `<think>`
 * and `</think>` is not looked at.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseRanking(text: string, options: RankingOptions): Parsed<ListAnswer> {
  checkOptions('parseRanking', options, { labels: true, tag: true })
  const { labels, tag } = options
  checkLabels('labels', labels)
  if (labels.length < 2 || labels.length > 200) {
    throw new RubricError('OUT_OF_RANGE', 'labels', `labels has ${labels.length}; expected 2 to 200`)
  }
  if (tag !== undefined) checkTag(tag)
  const final = finalText(text)
  if (final.unfinished) return missing('cut-off', 'the text ends within its reasoning')
  const spans = tag === undefined ? [] : taggedSpans(final.text, tag)
  if (spans.length > 0) {
    const tagged = readPlaces(spans, labels, `<${tag}>`)
    const open = spans.at(-1)!.open && tagged.status === 'missing'
    return open ? missing('cut-off', `the text ends within <${tag}>`) : tagged
  }
  const free = readPlaces([{ content: final.text, repairs: [] }], labels, 'the text')
  const untagged = tag !== undefined && 'value' in free
  return untagged ? recovered(free.value, [`the tag <${tag}> is missing`, ...repairsOf(free)]) : free
}

const repairsOf = (parsed: Parsed<unknown>) => (parsed.status === 'recovered' ? parsed.repairs : [])
