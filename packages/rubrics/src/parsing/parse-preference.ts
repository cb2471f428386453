import type { PairAnswer } from '../answers'
import { checkOptions } from '../check-options'
import type { Parsed } from '../parsed'
import { checkLabels, checkSentence, checkTag } from './check-parse-options'
import { finalText } from './final-text'
import { anyMark, labelOf, markMentions } from './label-mentions'
import { ambiguous, answered, type Found, missing, settle } from './outcomes'
import { taggedSpans } from './tagged-spans'
import { isStated, verdictStatements } from './verdict-statements'

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
export interface PreferenceOptions {
  /** What is shown as `a`, as `b`, and what a tie is called. */
  readonly labels: PreferenceLabels
  /** Name of the tag around the label, where one was asked for: `answer` for `<answer>B</answer>`. */
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

function readerOf({ a, b, tie }: PreferenceLabels): Reader {
  const labels = tie === undefined ? [a, b] : [a, b, tie]
  checkLabels('labels', labels)
  return { names: ['a', 'b', 'tie'], labels, mark: markMentions(labels) }
}

const toAnswer = (reader: Reader, label: number): PairAnswer => ({ preferred: reader.names[label]! })

const only = new RegExp(`^[\\s*_"'#>:.!-]{0,40}(${anyMark})[\\s*_"'.!:]{0,40}$`)
const comparison = new RegExp(`^\\s?(${anyMark})\\s?([<>=~])[<>=~]{0,2}\\s?(${anyMark})\\s?$`)
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

/** Verdicts of a text with their places: what a tag or brackets have, or a sentence says. */
interface Place {
  readonly content: string
  readonly repairs: readonly string[]
}

/** The label that a place has in any case: where a label was asked for, `a` is no article. */
function sameLabel(content: string, { labels }: Reader): number | undefined {
  const bare = content.trim().toLowerCase()
  const index = labels.findIndex((label) => label.toLowerCase() === bare)
  return index === -1 ? undefined : index
}

/** Of places that say the same, two: twice is enough to know that there were more. */
function firstTwo(places: readonly Place[]): Place[] {
  const seen = new Map<string, number>()
  return places.filter(({ content, repairs }) => {
    const key = `${content}\n${repairs.join('\n')}`
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return times <= 2
  })
}

/** The answers of the places that have one; a place says a label by itself, or in a statement. */
function answersOf(places: readonly Place[], reader: Reader): Found<PairAnswer>[] {
  return firstTwo(places).flatMap(({ content, repairs }) => {
    const label = sameLabel(content, reader) ?? labelAlone(content, reader)
    if (label !== undefined) {
      const asAsked = content.trim() === reader.labels[label]
      const written = asAsked ? [] : [`the label is written as ${JSON.stringify(content.trim())}`]
      return [{ value: toAnswer(reader, label), repairs: [...repairs, ...written] }]
    }
    const stated = [...new Set(verdictStatements(reader.mark(content), undefined).map((each) => each.label))]
    return stated
      .filter((each) => each >= 0)
      .map((each) => ({
        value: toAnswer(reader, each),
        repairs: [...repairs, 'there is text beside the label'],
      }))
  })
}

/** What stands where the answer was asked for: nothing said elsewhere takes its place. */
function fromPlaces(places: readonly Place[], reader: Reader, where: string): Parsed<PairAnswer> {
  const found = answersOf(places, reader)
  if (found.length > 0) return settle(found, `labels in ${where}`)
  const cut = places.every(({ content }) => content.trim() === '')
  return missing(cut ? 'absent' : 'invalid', `${where}: expected one of ${reader.labels.join(', ')}`)
}

const doubled = /\[\[[ ]?([^[\]\n]{1,40})(\]{0,2})/g
const instructs = /^["'”’*)]{0,3}[ ]{0,2}(?:if|when|or|for|means)\b/i

/** `[[A]] if …`: the prompt's own words, repeated. */
const isInstruction = (text: string, end: number) => instructs.test(text.slice(end, end + 20))

function bracketPlaces(text: string): Place[] {
  return Array.from(text.matchAll(doubled)).flatMap((match) => {
    const end = match.index + match[0].length
    if (isInstruction(text, end)) return []
    return [{ content: match[1]!, repairs: match[2] === ']]' ? [] : ['the closing brackets are missing'] }]
  })
}

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

/** The label that the text is, but for a full stop. */
function wholeText(text: string, reader: Reader): number[] {
  const label = reader.labels.indexOf(text.trim().replace(/\.$/, ''))
  return label === -1 ? [] : [label]
}

/** Lines that are a label and nothing else: the first and the last. */
function loneLines(text: string, reader: Reader): number[] {
  const trimmed = text.trim()
  const lines = [trimmed.split('\n', 1)[0]!, trimmed.slice(trimmed.lastIndexOf('\n') + 1)]
  return lines.flatMap((line) => labelAlone(line, reader) ?? [])
}

function fromText(text: string, reader: Reader, repair: string): Parsed<PairAnswer> {
  const tie = reader.labels.length > 2 ? 2 : undefined
  const statements = verdictStatements(reader.mark(text), tie)
  const final = statements.filter((each) => each.final)
  const said = final.length > 0 ? final : statements
  const labels = new Set([
    ...said.map(({ label }) => label),
    ...(final.length > 0 ? [] : loneLines(text, reader)),
  ])
  const tied = labels.delete(-1)
  const found = [...labels].sort().map((label) => ({ value: toAnswer(reader, label), repairs: [repair] }))
  if (found.length > 1) return settle(found, 'verdicts')
  if (found.length === 1) {
    return tied
      ? ambiguous(
          found.map(({ value }) => value),
          'a verdict, and that neither is better',
        )
      : answered(found[0]!)
  }
  return tied
    ? missing('invalid', 'the text says that neither is better, and no tie was asked for')
    : missing('absent', `${repair}, and nothing else says which is better`)
}

/**
 * Which of two responses a judge's text prefers. Exact when the label stands where it was asked for: in the tag, in
 * double brackets, in the sentence, or by itself. Recovered when it is written otherwise (`Response A`, `**a**`, `A>B`), or
 * stated elsewhere: `Final verdict: B`, `Output (a) is better`. Ambiguous when labels contradict each other. Missing when
 * there is none: what is denied (`is not better`), supposed (`if A is better`), asked, or partial (`better at …`) is no verdict,
 * and neither is one that reasoning between `<think>` and `</think>` has. Time is linear in the length of the text.
 *
 * @throws RubricError `INVALID_OPTION` for options; nothing for any text.
 */
export function parsePreference(text: string, options: PreferenceOptions): Parsed<PairAnswer> {
  checkOptions('parsePreference', options, { labels: true, tag: true, brackets: true, sentence: true })
  const { labels, tag, brackets = false, sentence } = options
  if (tag !== undefined) checkTag(tag)
  if (sentence !== undefined) checkSentence(sentence)
  const reader = readerOf(labels)
  const final = finalText(text)
  if (final.unfinished) return missing('cut-off', 'the text ends within its reasoning')
  const spans =
    tag === undefined ? [] : taggedSpans(final.text, tag).filter(({ end }) => !isInstruction(final.text, end))
  if (spans.length > 0) return fromPlaces(spans, reader, `<${tag}>`)
  const places = bracketPlaces(final.text)
  if (brackets && places.length > 0) return fromPlaces(places, reader, 'the brackets')
  const bracketed = answersOf(places, reader)
  if (bracketed.length > 0) {
    const unasked = brackets ? [] : ['the label is in brackets']
    return settle(
      bracketed.map(({ value, repairs }) => ({ value, repairs: [...repairs, ...unasked] })),
      'labels',
    )
  }
  const asked = { tag: `the tag <${tag}> is missing`, brackets: 'the brackets are missing' }
  if (tag !== undefined) return fromText(final.text, reader, asked.tag)
  if (brackets) return fromText(final.text, reader, asked.brackets)
  return fromPlainText(final.text, reader, sentence)
}

/** An answer as asked, a sentence or the label alone, which nothing else in the text contradicts. */
function fromPlainText(text: string, reader: Reader, sentence: string | undefined): Parsed<PairAnswer> {
  const free = fromText(text, reader, 'the verdict is not written as asked')
  const asked = sentence === undefined ? wholeText(text, reader) : sentencePlaces(text, sentence, reader)
  const labels = new Set(asked)
  if (labels.size === 0 || free.status === 'ambiguous') return free
  if (free.status !== 'missing') labels.add(reader.names.indexOf(free.value.preferred))
  const found = [...labels].sort().map((label) => ({ value: toAnswer(reader, label), repairs: [] }))
  return settle(found, 'verdicts')
}
