import type { ListAnswer } from '../answers'
import { checkOptions } from '../check-options'
import type { ParseContext } from '../judge-format'
import type { Parsed } from '../parsed'
import { RubricError } from '../rubric-error'
import { type AskedPlace, settleAsked } from './asked-places'
import { checkContext, checkLabels, checkTag } from './check-parse-options'
import { finalText } from './final-text'
import { jsonBlocks } from './json-blocks'
import { anyMark, labelOf, markMentions } from './label-mentions'
import { ambiguous, amiss, missing, settle, unfinished, unlessCut } from './outcomes'
import { unquoted } from './quotations'
import { outsideOf, type TaggedSpan, taggedSpans } from './tagged-spans'

/** Options of {@link parseRanking}. */
export interface RankingOptions extends ParseContext {
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
const sign = '(?:>{1,3}|<{1,3}|={1,2}|~|≻|≺)'
const chainOf = (between: string) => `${anyMark}(?:[ \\t]{0,3}${between}[ \\t]{0,3}${anyMark}){1,199}`
const lead =
  '(?:(?:so|thus|therefore|overall),? )?(?:(?:my|the) )?(?:final |overall )?(?:ranking|order|answer|verdict)(?: is|:|=){1,2}[ ]?'
/** A tag has a chain and nothing else; of a text, a line does. */
const inTag = new RegExp(`^\\s*(?:${lead})?(${chainOf(`(?:${sign}|,|;|→|->)`)})[\\s.]*$`, 'i')
const onLine = new RegExp(`^[ \\t*#]*(?:${lead})?(${chainOf(sign)})[ \\t.*]*$`, 'gim')
const item = new RegExp(`^[ \\t>*_-]{0,8}(\\d{1,3})[ \\t]{0,2}[.):][ \\t*_]{0,6}(${anyMark})[\\s.*_]*$`)
const worstFirst =
  /\b(?:worst (?:to best|first|one first)|(?:from )?(?:the )?worst to|ascending|increasing|reverse order)\b/i

/** Said of an order anywhere; `ascending` may be said of what a response does, and counts near the ranking only. */
const worstToBest =
  /\b(?:worst|weakest|least|lowest)(?: one)?(?: to (?:the )?(?:best|strongest|most|highest)| first)\b/i
const NEAR = 120
const REVERSED = 'the text speaks of an order from worst to best'

function mayBeReversed(text: string, spans: readonly TaggedSpan[]): boolean {
  const near = spans.map(({ start, end }) => text.slice(Math.max(0, start - NEAR), end + NEAR))
  return worstToBest.test(text) || near.some((part) => worstFirst.test(part))
}

/** `A > C > B`, `B < A` or `A, C, B`; undefined where signs point both ways. */
function readChain(text: string): Sequence | undefined {
  const signs = text.replace(MARK, ' ')
  const [rising, falling] = [/[<≺]/.test(signs), /(?<!-)>|≻/.test(signs)]
  if (rising && falling) return undefined
  const order = Array.from(text.matchAll(MARK), ([mark]) => labelOf(mark))
  const asAsked = !rising && falling && !/[,;→-]/.test(signs)
  return { order: rising ? order.reverse() : order, tied: /[=~]/.test(signs), asAsked }
}

/** A numbered list and nothing else, each number once, from 1 on. */
function readItems(text: string): Sequence[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const items = lines.map((line) => item.exec(line))
  if (items.length === 0 || items.some((match, i) => Number(match?.[1]) !== i + 1)) return []
  return [{ order: items.map((match) => labelOf(match![2]!)), tied: false, asAsked: false }]
}

function readJson(text: string, labels: readonly string[]): Sequence[] {
  return jsonBlocks(text, '[').flatMap(({ value, repairs }) => {
    const entries = Array.isArray(value) ? value.map((entry) => labels.indexOf(String(entry).trim())) : []
    const isList = entries.length === labels.length && !entries.includes(-1)
    return isList && !repairs.includes('there is text beside the JSON')
      ? [{ order: entries, tied: false, asAsked: false }]
      : []
  })
}

const isWhole = (order: readonly number[], count: number) =>
  order.length === count && new Set(order).size === count

/** The sequences that a tag's content is, or that lines of a text are. */
type Read = (text: string) => readonly Sequence[]

function readers(labels: readonly string[]): { readonly inTag: Read; readonly inText: Read } {
  const mark = markMentions(labels)
  const chains = (matches: Iterable<RegExpMatchArray>) =>
    Array.from(matches).flatMap((match) => readChain(match[1]!) ?? [])
  const firstOf =
    (...ways: readonly Read[]): Read =>
    (text) =>
      ways.find((way) => way(text).length > 0)?.(text) ?? []
  const json: Read = (text) => readJson(text, labels)
  const tagged: Read = (text) => {
    const chain = inTag.exec(mark(text))
    return chain === null ? [] : chains([chain])
  }
  return {
    inTag: firstOf(json, tagged, (text) => readItems(mark(text))),
    inText: firstOf(json, (text) => chains(mark(text).matchAll(onLine))),
  }
}

/** What a sequence says in a place; `content` is what the place has. */
function placeOf(
  sequences: readonly Sequence[],
  content: string,
  labels: readonly string[],
): Pick<AskedPlace<ListAnswer>, 'found' | 'refused' | 'blank'> {
  const whole = sequences.filter(({ order }) => isWhole(order, labels.length))
  const left = labels.filter((_, i) => !sequences.some(({ order }) => order.includes(i)))
  const lacking = left.length > 0 ? `lacks ${left.join(', ')}` : 'does not have each label once'
  const isPlaceholder = /…|\.\.\./.test(content) && sequences.length === 0
  return {
    refused: sequences.length > 0 && whole.length === 0 ? `the ranking ${lacking}` : undefined,
    blank: content.trim() === '' || isPlaceholder,
    found: whole.map(({ order, asAsked }) => {
      const plain = asAsked && content.trim() === order.map((i) => labels[i]).join(' > ')
      return { value: { ranking: order }, repairs: plain ? [] : ['the ranking is not written as A > B > C'] }
    }),
  }
}

const withoutTies = (parsed: Parsed<ListAnswer>, sequences: readonly Sequence[]): Parsed<ListAnswer> =>
  'value' in parsed && sequences.some(({ tied }) => tied)
    ? ambiguous([parsed.value], 'the ranking has ties')
    : parsed

function rankingInTag(text: string, spans: readonly TaggedSpan[], labels: readonly string[]) {
  const read = readers(labels).inTag
  const contents = spans.map((span) => ({ span, sequences: read(span.content) }))
  const places = contents.map(({ span, sequences }) => {
    const place = placeOf(sequences, span.content, labels)
    const found = place.found.map(({ value, repairs }) => ({ value, repairs: [...span.repairs, ...repairs] }))
    return { ...place, found, start: span.start, end: span.end }
  })
  const parsed = settleAsked(text, places, 'ranking')
  if (parsed === undefined) return undefined
  if ('value' in parsed && mayBeReversed(text, spans)) return ambiguous([parsed.value], REVERSED)
  return withoutTies(
    parsed,
    contents.flatMap(({ sequences }) => sequences),
  )
}

function rankingInText(text: string, labels: readonly string[]): Parsed<ListAnswer> {
  const sequences = readers(labels).inText(text)
  const { found, refused } = placeOf(sequences, text, labels)
  if (found.length === 0) return missing(refused ? 'invalid' : 'absent', refused ?? 'the text has no ranking')
  const values = found.map(({ value }) => value)
  if (worstFirst.test(text)) return ambiguous(values, REVERSED)
  return withoutTies(settle(found, 'rankings'), sequences)
}

/**
 * The order in which a judge's text puts responses: `<answer>C > A > B</answer>`. Exact for labels between `>`, best first,
 * where they were asked for, and nothing after. Recovered for `B < A < C`, commas, a JSON array or a numbered list in the tag, and
 * outside of it for a line that is `C > A > B`. Ambiguous for ties, for rankings that differ, and for an order that may be from
 * worst to best. Missing where a label is not ranked, or twice, and where more is ranked than the labels. What is quoted, denied or
 * supposed is no ranking, and reasoning between `<think>` and `</think>` is not looked at.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseRanking(text: string, options: RankingOptions): Parsed<ListAnswer> {
  checkOptions('parseRanking', options, { labels: true, tag: true, cutOff: true })
  const { labels, tag, cutOff } = options
  checkLabels('labels', labels)
  if (labels.length < 2 || labels.length > 200) {
    throw new RubricError('OUT_OF_RANGE', 'labels', `labels has ${labels.length}; expected 2 to 200`)
  }
  if (tag !== undefined) checkTag(tag)
  checkContext(options)
  const final = finalText(text)
  if (final.unfinished) return unfinished()
  const said = unquoted(final.text, (content) => labels.includes(content))
  const spans = tag === undefined ? [] : taggedSpans(said.text, tag)
  const asked = rankingInTag(said.text, spans, labels)
  if (spans.at(-1)?.open === true && (cutOff === true || asked?.status === 'missing')) {
    return missing('cut-off', `the text ends within <${tag}>`)
  }
  if (asked !== undefined) return amiss(asked, said.repairs)
  const free = amiss(rankingInText(outsideOf(said.text, spans), labels), said.repairs)
  return unlessCut(tag === undefined ? free : amiss(free, [`the tag <${tag}> is missing`], [tag]), cutOff)
}
