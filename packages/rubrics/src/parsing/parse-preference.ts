import type { PairAnswer } from '../answers'
import { checkOptions } from '../check-options'
import { checkFlag } from '../formats/check-choice'
import type { ParseContext } from '../judge-format'
import type { Parsed } from '../parsed'
import { type AskedPlace, settleAsked } from './asked-places'
import { checkContext, checkLabels, checkPlaces, checkSentence, checkTag } from './check-parse-options'
import { finalText } from './final-text'
import { anyMark, labelOf, markMentions } from './label-mentions'
import { ambiguous, amiss, answered, type Found, missing, settle, unfinished, unlessCut } from './outcomes'
import { unquoted } from './quotations'
import { isStated, retracts } from './stated'
import { outsideOf, taggedSpans } from './tagged-spans'
import { type Statement, verdictStatements } from './verdict-statements'

/** The names by which a prompt calls the two responses and, if it may be the answer, a tie. */
export interface PreferenceLabels {
  /** What the response `a` is called, such as `A` or `Output (a)`. */
  readonly a: string
  /** What the response `b` is called. */
  readonly b: string
  /** What a tie is called, where the format has ties. */
  readonly tie?: string
}

/** Options of {@link parsePreference}. */
export interface PreferenceOptions extends ParseContext {
  /** What is shown as `a`, as `b`, and what a tie is called. */
  readonly labels: PreferenceLabels
  /**
   * Name of the tag around the label, where one was asked for: `answer` for `<answer>B</answer>`. One at most of `tag`,
   * `brackets` and `sentence` can be given.
   */
  readonly tag?: string
  /** True where the label was asked for in double brackets: `[[A]]`. Default: false. */
  readonly brackets?: boolean
  /**
   * The sentence that was asked for, with `{label}` in it: `{label} is better.` Default: none; then, without `tag` and
   * `brackets`, the label alone was asked for.
   */
  readonly sentence?: string
}

type Preferred = PairAnswer['preferred']

/** Labels of one parser: what marks mean, and how to put them. */
interface Reader {
  readonly names: readonly Preferred[]
  readonly labels: readonly string[]
  readonly mark: (text: string) => string
}

function readerOf(given: PreferenceLabels): Reader {
  checkOptions('parsePreference, labels', given, { a: true, b: true, tie: true })
  const { a, b, tie } = given
  const labels = tie === undefined ? [a, b] : [a, b, tie]
  checkLabels('labels', labels)
  return { names: ['a', 'b', 'tie'], labels, mark: markMentions(labels) }
}

const toAnswer = (reader: Reader, label: number): PairAnswer => ({ preferred: reader.names[label]! })

const only = new RegExp(`^[\\s*_"'#>:.-]{0,40}(${anyMark})[\\s*_"'.!:]{0,40}$`)
const comparison = new RegExp(`^\\s?(${anyMark})\\s?([<>=~])[<>=~]{0,2}\\s?(${anyMark})\\s?$`)
const anyMarks = new RegExp(anyMark, 'g')
const LONGEST_ALONE = 120

/** The label that a short text is: by itself, or as in `A>B`; undefined where it is more, or none. */
function labelAlone(text: string, reader: Reader): number | undefined {
  if (text.length > LONGEST_ALONE) return undefined
  const marked = reader.mark(text)
  const alone = only.exec(marked)
  if (alone !== null) return labelOf(alone[1]!)
  const compared = comparison.exec(marked)
  if (compared === null) return undefined
  const [, left, sign, right] = compared
  const tie = reader.labels.length > 2 ? 2 : undefined
  return sign === '>' ? labelOf(left!) : sign === '<' ? labelOf(right!) : tie
}

/** A place for a verdict: what a tag has, or brackets. */
interface Place {
  readonly content: string
  readonly repairs: readonly string[]
  readonly start: number
  readonly end: number
  /** True where its closing mark is missing. */
  readonly open: boolean
}

/** The label that a text is in any case, but for emphasis: where a label alone was asked for, `a` is no article. */
function sameLabel(content: string, { labels }: Reader): number | undefined {
  const bare = content.replace(/^[\s*_"'\x60]{1,20}|[\s*_"'\x60.]{1,20}$/g, '').toLowerCase()
  if (labels.length > 2 && /^(?:tie|draw)$/.test(bare)) return 2
  const index = labels.findIndex((label) => label.toLowerCase() === bare)
  return index === -1 ? undefined : index
}

/** The answers that a place has: a label by itself, or in statements. */
function answersOf({ content, repairs }: Place, reader: Reader): Found<PairAnswer>[] {
  const label = sameLabel(content, reader) ?? labelAlone(content, reader)
  if (label !== undefined) {
    const asAsked = content.trim() === reader.labels[label]
    const written = asAsked ? [] : [`the label is written as ${JSON.stringify(content.trim())}`]
    return [{ value: toAnswer(reader, label), repairs: [...repairs, ...written] }]
  }
  const stated = new Set(verdictStatements(reader.mark(content), undefined).map((each) => each.label))
  return [...stated]
    .filter((each) => each >= 0)
    .map((each) => ({
      value: toAnswer(reader, each),
      repairs: [...repairs, 'there is text beside the label'],
    }))
}

/** Says what places have, each content once: a long text may repeat one ten thousand times. */
function placesOf(places: readonly Place[], reader: Reader): AskedPlace<PairAnswer>[] {
  const read = new Map<string, Found<PairAnswer>[]>()
  return places.map((place) => {
    const key = `${place.content}\n${place.repairs.join('\n')}`
    if (!read.has(key)) read.set(key, answersOf(place, reader))
    return { start: place.start, end: place.end, found: read.get(key)!, blank: place.content.trim() === '' }
  })
}

/**
 * What stands where the answer was asked for, unless a verdict that calls itself final, or one after it, contradicts that.
 * Undefined where nothing is stated there.
 */
function fromPlaces(text: string, places: readonly Place[], reader: Reader): Parsed<PairAnswer> | undefined {
  const parsed = settleAsked(text, placesOf(places, reader), 'label')
  if (parsed === undefined || !('value' in parsed)) return parsed
  const finals = verdictStatements(reader.mark(outsideOf(text, places)), undefined).filter(
    ({ final }) => final,
  )
  const later = verdictStatements(reader.mark(text.slice(places.at(-1)!.end)), undefined)
  const said = [...finals, ...later].filter(({ label }) => label >= 0)
  const others = said.map(({ label }) => toAnswer(reader, label))
  const differs = others.some(({ preferred }) => preferred !== parsed.value.preferred)
  return differs
    ? ambiguous([parsed.value, ...others], 'the text has another verdict beside the label')
    : parsed
}

const doubled = /\[\[[ ]?([^[\]\n]{1,40})(\]{0,2})/g

const bracketPlaces = (text: string): Place[] =>
  Array.from(text.matchAll(doubled), (match) => ({
    content: match[1]!,
    repairs: match[2] === ']]' ? [] : ['the closing brackets are missing'],
    start: match.index,
    end: match.index + match[0].length,
    open: match[2] === '',
  }))

/** `Final verdict: "[[A]]"`: the quotation marks are those of the prompt. */
const ownVerdict =
  /(?:^|\n|[.!] )[#*_ ]{0,6}(?:so |thus |therefore,? )?(?:my |the )?(?:final )?(?:verdict|decision|judge?ment)(?: is|:){1,2}[*_ ]{0,4}$/i

const sentenceEnd = /^(?:\.?[ \t]*(?:\n|$)|\. )/

/** The labels of which the text says the sentence. */
function sentencePlaces(text: string, sentence: string, reader: Reader): number[] {
  return reader.labels.flatMap((label, index) => {
    const full = sentence.replace('{label}', label).replace(/\.$/, '')
    for (let at = text.indexOf(full); at !== -1; at = text.indexOf(full, at + full.length)) {
      const end = at + full.length
      if (sentenceEnd.test(text.slice(end, end + 3)) && isStated(text, at, end)) return [index]
    }
    return []
  })
}

/** Lines that are a label and nothing else: the first and the last. */
function loneLines(text: string, reader: Reader): number[] {
  const trimmed = text.trim()
  const lines = [trimmed.split('\n', 1)[0]!, trimmed.slice(trimmed.lastIndexOf('\n') + 1)]
  return lines.flatMap((line) => labelAlone(line, reader) ?? [])
}

/** The labels that what follows a final verdict mentions, where that takes it back. */
function afterthoughts(marked: string, statements: readonly Statement[]): number[] {
  const after = marked.slice(Math.max(0, ...statements.map(({ end }) => end)))
  if (statements.length === 0 || !retracts(after)) return []
  return Array.from(after.slice(0, LONGEST_ALONE).matchAll(anyMarks), ([mark]) => labelOf(mark))
}

function fromText(text: string, reader: Reader, repair: string): Parsed<PairAnswer> {
  const tie = reader.labels.length > 2 ? 2 : undefined
  const marked = reader.mark(text)
  const statements = verdictStatements(marked, tie)
  const final = statements.filter((each) => each.final)
  const said =
    final.length > 0 ? [...final, ...statements.filter(({ end }) => end > final.at(-1)!.end)] : statements
  const labels = new Set([
    ...said.map(({ label }) => label),
    ...(final.length > 0 ? [] : loneLines(text, reader)),
    ...afterthoughts(marked, said),
  ])
  const tied = labels.delete(-1)
  const found = [...labels].sort().map((label) => ({ value: toAnswer(reader, label), repairs: [repair] }))
  if (found.length > 1) return settle(found, 'verdicts')
  if (found.length === 1) {
    return tied ? ambiguous([found[0]!.value], 'a verdict, and that neither is better') : answered(found[0]!)
  }
  return tied
    ? missing('invalid', 'the text says that neither is better, and no tie was asked for')
    : missing('absent', `${repair}, and nothing else says which is better`)
}

/** An answer as asked, a sentence or the label alone, which nothing else in the text contradicts. */
function fromPlainText(text: string, reader: Reader, sentence: string | undefined): Parsed<PairAnswer> {
  const whole = sentence === undefined ? sameLabel(text, reader) : undefined
  if (whole !== undefined) {
    const asAsked = text.trim().replace(/\.$/, '') === reader.labels[whole]
    const repairs = asAsked ? [] : [`the label is written as ${JSON.stringify(text.trim())}`]
    return answered({ value: toAnswer(reader, whole), repairs })
  }
  const free = fromText(text, reader, 'the verdict is not written as asked')
  const labels = new Set(sentence === undefined ? [] : sentencePlaces(text, sentence, reader))
  if (labels.size === 0 || free.status === 'ambiguous') return free
  if (free.status !== 'missing') labels.add(reader.names.indexOf(free.value.preferred))
  const found = [...labels].sort().map((label) => ({ value: toAnswer(reader, label), repairs: [] }))
  return settle(found, 'verdicts')
}

/** What places of a kind have: that the text is cut off in the last of them, or a verdict, or nothing. */
function inPlaces(text: string, places: readonly Place[], reader: Reader, cutOff: boolean | undefined) {
  if (places.length === 0) return undefined
  const isCut = cutOff === true && places.at(-1)!.open
  return isCut ? missing('cut-off', 'the text is cut off within its label') : fromPlaces(text, places, reader)
}

/**
 * Which of two responses a judge's text prefers. Exact when the label stands where it was asked for, and nothing after it: in the
 * tag, in double brackets, in the sentence, or by itself. Recovered when it is written otherwise (`Response A`, `**a**`, `A>B`),
 * text follows, or it is stated elsewhere: `Final verdict: B`, `Output (a) is better`. Ambiguous when labels that both stand
 * contradict each other, or are offered as alternatives; but one in a tag or in brackets of which the text says that it corrects
 * the one before (`wait, no: [[B]]`) is recovered. Missing when there is none: what is quoted, denied (`is not better`),
 * supposed (`if A is better`), asked, reported (`it writes [[B]]`), or partial (`better at …`) is no verdict, and neither is one
 * that reasoning between `<think>` and `</think>` has. Time is linear in the length of the text.
 *
 * @throws RubricError `INVALID_OPTION` for options; nothing for any text.
 */
export function parsePreference(text: string, options: PreferenceOptions): Parsed<PairAnswer> {
  const names = { labels: true, tag: true, brackets: true, sentence: true, cutOff: true } as const
  checkOptions('parsePreference', options, names)
  const { labels, tag, brackets = false, sentence, cutOff } = options
  if (tag !== undefined) checkTag(tag)
  if (sentence !== undefined) checkSentence(sentence)
  checkFlag('brackets', brackets)
  checkPlaces({ tag: tag !== undefined, brackets, sentence: sentence !== undefined })
  checkContext(options)
  const reader = readerOf(labels)
  const final = finalText(text)
  if (final.unfinished) return unfinished()
  const said = unquoted(final.text, (content, before) => {
    const isOwn = !/[[<]/.test(content) || ownVerdict.test(before)
    return isOwn && labelAlone(content, reader) !== undefined
  })
  return amiss(readPreference(said.text, reader, { tag, brackets, sentence, cutOff }), said.repairs)
}

type Asked = { readonly [K in 'tag' | 'brackets' | 'sentence' | 'cutOff']: PreferenceOptions[K] | undefined }

function readPreference(text: string, reader: Reader, asked: Asked): Parsed<PairAnswer> {
  const { tag, brackets, sentence, cutOff } = asked
  const spans = tag === undefined ? [] : taggedSpans(text, tag)
  const tagged = inPlaces(text, spans, reader, cutOff)
  if (tagged !== undefined) return tagged
  const outside = outsideOf(text, spans)
  const places = bracketPlaces(outside)
  const bracketed = inPlaces(outside, places, reader, cutOff)
  if (
    bracketed !== undefined &&
    (brackets === true || 'value' in bracketed || bracketed.status === 'ambiguous')
  ) {
    return brackets === true ? bracketed : amiss(bracketed, ['the label is in brackets'], lackingTag(tag))
  }
  const usual = brackets === true && places.length === 0 ? taggedSpans(text, 'answer') : []
  const inUsual = inPlaces(text, usual, reader, cutOff)
  if (inUsual !== undefined && inUsual.status !== 'missing')
    return amiss(inUsual, ['the label is in a tag'], ['brackets'])
  const rest = outsideOf(outside, places)
  if (tag === undefined && brackets !== true) {
    const plain = fromPlainText(rest, reader, sentence)
    return sentence !== undefined && plain.status === 'recovered' ? unlessCut(plain, cutOff) : plain
  }
  const repair = tag === undefined ? 'the brackets are missing' : `the tag <${tag}> is missing`
  const lacking = tag === undefined ? ['brackets'] : lackingTag(tag)
  return unlessCut(amiss(fromText(rest, reader, repair), [repair], lacking), cutOff)
}

const lackingTag = (tag: string | undefined) => (tag === undefined ? [] : [tag])
