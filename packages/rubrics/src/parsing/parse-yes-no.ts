import type { Parsed } from '../parsed'
import { finalText } from './final-text'
import { ambiguous, answered, type Found, missing, settle } from './outcomes'

const asAsked = /^\s*(yes|no)[.!]?\s*$/i
/** The word by itself, or as the beginning or the end of a sentence: not the `no` of `no errors`. */
const standing =
  /(?:^|[\n.,;:!?—–]|[*_"'([{>-]|\b(?:is|be|say|answer|verdict|think|maybe|wait|actually))[ \t]{0,3}[*_"'([{<>]{0,6}(yes|no)[*_"')\]}>]{0,6}[ \t]{0,3}(?=$|[\n.,;:!?—–<-]|(?:because|as|since|but|it|the|this|i)\b)/giu
const eitherOr = /[("'*]{0,3}\b(yes|no)\b["'*)]{0,3}[ ]{0,2}(?:\/|\||,?[ ]or)[ ]{0,2}["'*(]{0,3}(yes|no)\b/gi
const both = /\b(?:yes and no|no and yes|neither yes nor no)\b/i
const letters: Readonly<Record<string, boolean>> = { y: true, n: false, true: true, false: false }
const conclusion =
  /\b(?:final|overall)?[ ]?(?:answer|verdict|decision|conclusion)[*_"]{0,3}[ ]{0,2}(?:is|:|=)[*_"':\s]{0,6}(yes|no)\b(?![ ]\w)/gi

const isYes = (word: string) => word.toLowerCase() === 'yes'

const found = (matches: Iterable<RegExpMatchArray>, repair: string): Found<boolean>[] =>
  Array.from(matches, (match) => ({ value: isYes(match[1]!), repairs: [repair] }))

/**
 * Whether a text says yes or no. Exact for the word alone, in any case, with a full stop or without. Recovered where there
 * is more: `Yes, because …`, `Answer: **no**`. Ambiguous for both. Missing for neither, and for words that only contain
 * one, such as `not sure` or `there are no errors`. Reasoning between `<think>` and `</think>` is not looked at.
 *
 * Throws nothing. Time is linear in the length of the text.
 */
export function parseYesNo(text: string): Parsed<boolean> {
  const final = finalText(text)
  if (final.unfinished) return missing('cut-off', 'the text ends within its reasoning')
  const plain = asAsked.exec(final.text)
  if (plain !== null) return answered({ value: isYes(plain[1]!), repairs: [] })
  const only = final.text.length > 40 ? '' : final.text.toLowerCase().replace(/[\s*_"'.!()[\]]/g, '')
  if (Object.hasOwn(letters, only)) {
    return answered({ value: letters[only]!, repairs: [`the answer is written as ${only}`] })
  }
  if (both.test(final.text)) return ambiguous([true, false], 'the text says yes and no')
  const asked = final.text.replace(eitherOr, ' ')
  const concluded = found(asked.matchAll(conclusion), 'there is text beside the answer')
  if (concluded.length > 0) return settle(concluded, 'answers')
  const stands = found(asked.matchAll(standing), 'there is text beside the answer')
  return stands.length > 0 ? settle(stands, 'answers') : missing('absent', 'the text says neither yes nor no')
}
