import { LINE_END, SPACE, stripEnd } from '../text/python-text'
import { endsSentence } from './ends-sentence'
import { NOT_IN_WORDS } from './tokens'

/** Where a sentence may end: after `end`, in view of the text `context`; the next one starts at `next`. */
interface Candidate {
  context: string
  end: number
  next: number
}

interface Span {
  start: number
  end: number
}

const NOT_SPACES = `${SPACE.replace('[', '[^')}+`
const candidatePattern = new RegExp(`[.?!](?=(${NOT_IN_WORDS}|${SPACE}+(${NOT_SPACES})))`, 'gu')
const realignment = new RegExp(`^["')\\]}]+?(?:${SPACE}+|(?=--)|${LINE_END})`, 'u')
const asciiSpace = ' \t\n\r\v\f'

/**
 * Start of the word that ends at `end`, after the word `before`. As in NLTK, a space right after that is
 * taken for none.
 */
function wordStart(text: string, before: Span, end: number): number {
  let at = end - 1
  while (at > before.end && !asciiSpace.includes(text[at]!)) at--
  return at > before.end ? at + 1 : before.start
}

/** Each punctuation mark that may end a sentence; of several after one word, the last. */
function* candidates(text: string): Generator<Candidate> {
  let word: Span = { start: 0, end: 0 }
  let pending: Candidate | undefined
  for (const match of text.matchAll(candidatePattern)) {
    const [mark, after = '', nextToken] = match
    const start = wordStart(text, word, match.index)
    if (pending && word.end <= start) yield pending
    word = { start, end: match.index }
    const end = match.index + 1
    const next = nextToken === undefined ? end : end + after.length - nextToken.length
    pending = { context: text.slice(start, match.index) + mark + after, end, next }
  }
  if (pending) yield pending
}

function* spansOf(text: string): Generator<Span> {
  let start = 0
  for (const { context, end, next } of candidates(text)) {
    if (!endsSentence(context)) continue
    yield { start, end }
    start = next
  }
  yield { start, end: stripEnd(text).length }
}

/** Closing quotes and brackets go to the sentence before them. */
function* realigned(text: string, spans: readonly Span[]): Generator<Span> {
  let shift = 0
  for (const [i, { start, end }] of spans.entries()) {
    const following = spans[i + 1]
    const closing = following && realignment.exec(text.slice(following.start, following.end))?.[0]
    const from = start + shift
    shift = closing?.length ?? 0
    if (following && closing !== undefined) {
      yield { start: from, end: following.start + stripEnd(closing).length }
    } else if (end > from) yield { start: from, end }
  }
}

/**
 * Sentences as NLTK 3.9.1 finds them: Punkt with its parameters for English, of the package `punkt_tab`.
 *
 * Kiss and Strunk (2006), "Unsupervised Multilingual Sentence Boundary Detection", Computational Linguistics 32(4).
 */
export const splitSentences = (text: string): string[] =>
  Array.from(realigned(text, [...spansOf(text)]), ({ start, end }) => text.slice(start, end))
