import { checkOptions } from '../check-options'
import type { ParseContext } from '../judge-format'
import type { Parsed } from '../parsed'
import { checkContext } from './check-parse-options'
import { finalText } from './final-text'
import { ambiguous, amiss, answered, type Found, missing, settle, unfinished } from './outcomes'
import { unquoted } from './quotations'
import { isStated } from './stated'

const asAsked = /^\s*(yes|no)[.!]?\s*$/i
/** The word by itself, or as the beginning or the end of a sentence: not the `no` of `no errors`. */
const standing =
  /(?:^|[\n.,;:!?—–]|[*_"'([{>-]|\b(?:is|be|say|answer|verdict|think|maybe|wait|actually))[ \t]{0,3}[*_"'([{<>]{0,6}(?<word>yes|no)[*_"')\]}>]{0,6}[ \t]{0,3}(?=$|[\n.,;:!?—–<-]|(?:because|as|since|but|it|the|this|i)\b)/giu
const eitherOr = /[("'*]{0,3}\b(yes|no)\b["'*)]{0,3}[ ]{0,2}(?:\/|\||,?[ ]or)[ ]{0,2}["'*(]{0,3}(yes|no)\b/gi
const both = /\b(?:yes and no|no and yes|neither yes nor no)\b/i
const letters: Readonly<Record<string, boolean>> = { y: true, n: false, true: true, false: false }
const conclusion =
  /\b(?:final|overall)?[ ]?(?:answer|verdict|decision|conclusion)[*_"]{0,3}[ ]{0,2}(?:is|:|=)[*_"':\s]{0,6}(?<word>yes|no)\b(?![ ]\w)/gi
/** The answer of a question that a response answers, not the judge's. */
const anothers =
  /\b(?:correct|right|true|expected|reference|gold|response'?s|[AB]['’]s)[ ]{1,3}(?:answer[ ]{1,3})?$/i

/** `No, I cannot decide.` */
const undecided =
  /^[\s*_,.;:—–-]{0,6}(?:(?:but|and|because|as|since) )?(?:(?:I|we) (?:cannot|can ?not|can['’]t|could not|couldn['’]t|am (?:unable|not able) to)|(?:it is|it['’]s) (?:impossible|too hard|not possible) to) (?:really )?(?:decide|judge|determine|tell|choose|answer|say)(?:$|[.,;!]| (?:which|whether|between|this|the question))/i

const isYes = (word: string) => word.toLowerCase() === 'yes'
const isWord = (content: string) => /^(?:yes|no)$/i.test(content)

interface Stand extends Found<boolean> {
  readonly at: number
}

/** The places where a text states yes or no. */
function standsOf(text: string, pattern: RegExp): Stand[] {
  return Array.from(text.matchAll(pattern)).flatMap((match) => {
    const end = match.index + match[0].length
    const start = match.index + match[0].search(/yes|no(?!t)/i)
    const leading = text.slice(Math.max(0, match.index - 30), match.index + 1)
    if (anothers.test(leading.slice(0, -1)) || anothers.test(leading)) return []
    if (!isStated(text, start, end) || undecided.test(text.slice(end, end + 120))) return []
    const value = isYes(match.groups!.word!)
    return [{ value, repairs: ['there is text beside the answer'], at: end }]
  })
}

function readText(text: string): Parsed<boolean> {
  const plain = asAsked.exec(text)
  if (plain !== null) return answered({ value: isYes(plain[1]!), repairs: [] })
  const only = text.length > 40 ? '' : text.toLowerCase().replace(/[\s*_"'.!()[\]]/g, '')
  if (Object.hasOwn(letters, only)) {
    return answered({ value: letters[only]!, repairs: [`the answer is written as ${only}`] })
  }
  if (both.test(text)) return ambiguous([true, false], 'the text says yes and no')
  const asked = text.replace(eitherOr, ' ')
  const concluded = standsOf(asked, conclusion)
  const standAll = standsOf(asked, standing)
  const last = concluded.at(-1)?.at ?? 0
  const stands = concluded.length === 0 ? standAll : [...concluded, ...standAll.filter(({ at }) => at > last)]
  return stands.length > 0 ? settle(stands, 'answers') : missing('absent', 'the text says neither yes nor no')
}

/**
 * Whether a text says yes or no. Exact for the word alone, in any case, with a full stop or without. Recovered where there
 * is more: `Yes, because …`, `Answer: **no**`. Ambiguous for both, unless the last calls itself the answer. Missing for
 * neither, for what is denied, asked, supposed or reported (`I cannot say yes`, `yes?`), and for words that only contain one,
 * such as `not sure` or `there are no errors`. Reasoning between `<think>` and `</think>` is not looked at. A word that is
 * there is whole, so that a text that was cut off after it has it all the same.
 *
 * Time is linear in the length of the text.
 *
 * @throws RubricError `INVALID_OPTION` for options; nothing for any text.
 */
export function parseYesNo(text: string, options: ParseContext = {}): Parsed<boolean> {
  checkOptions('parseYesNo', options, { cutOff: true })
  checkContext(options)
  const final = finalText(text)
  if (final.unfinished) return unfinished()
  const said = unquoted(final.text, isWord)
  return amiss(readText(said.text), said.repairs)
}
