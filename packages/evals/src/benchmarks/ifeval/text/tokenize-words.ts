import { splitSentences } from '../punkt/split-sentences'
import { END, SPACE, splitAtSpaces, WORD, WORD_BOUNDARY } from './python-text'

type Step = readonly [pattern: string, replacement: string, flags?: string]

/** Python's IGNORECASE takes İ and ı for i; no word below would match but for this. */
const contraction = (pattern: string): Step => [
  pattern.replaceAll('\\b', WORD_BOUNDARY).replaceAll('i', '[iI\\u0130\\u0131]'),
  ' $1 $2 ',
  'giu',
]

/** Each step puts spaces where tokens part, in NLTK's order: quotes, punctuation, brackets. */
const beforePadding: readonly Step[] = [
  ['([«“‘„]|`+)', ' $1 '],
  ['^"', '``'],
  ['(``)', ' $1 '],
  ['([ (\\[{<])("|\'{2})', '$1 `` '],
  [`(')(?!re|ve|ll|m|t|s|d|n)(${WORD})${WORD_BOUNDARY}`, '$1 $2', 'giu'],
  // The lookahead keeps a run of spaces whole, which both classes have: to try all ways of parting it is quadratic.
  [`([^.])(\\.)(?=([\\])}>"'»”’ ]*))\\3${SPACE}*${END}`, '$1 $2 $3 '],
  ['([:,])(\\P{Nd})', ' $1 $2'],
  [`([:,])${END}`, ' $1 '],
  ['(\\.{2,})', ' $1 '],
  ['([;@#$%&])', ' $1 '],
  [`([^.])(\\.)([\\])}>"']*)${SPACE}*${END}`, '$1 $2$3 '],
  ['([?!])', ' $1 '],
  ["([^'])' ", "$1 ' "],
  ['([*])', ' $1 '],
  ['([\\][(){}<>])', ' $1 '],
  ['(--)', ' $1 '],
]

const afterPadding: readonly Step[] = [
  ['([»”’])', ' $1 '],
  ["('')", ' $1 '],
  ['"', " '' "],
  [`${SPACE}+`, ' '],
  ["([^' ])('[sS]|'[mM]|'[dD]|') ", '$1 $2 '],
  ["([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", '$1 $2 '],
  contraction('\\b(can)(not)\\b'),
  contraction("\\b(d)('ye)\\b"),
  contraction('\\b(gim)(me)\\b'),
  contraction('\\b(gon)(na)\\b'),
  contraction('\\b(got)(ta)\\b'),
  contraction('\\b(lem)(me)\\b'),
  contraction("\\b(more)('n)\\b"),
  contraction(`\\b(wan)(na)(?=${SPACE})`),
  contraction(" ('t)(is)\\b"),
  contraction(" ('t)(was)\\b"),
]

const compile = (steps: readonly Step[]) =>
  steps.map(([pattern, replacement, flags = 'gu']) => [new RegExp(pattern, flags), replacement] as const)

const [early, late] = [compile(beforePadding), compile(afterPadding)]

const apply = (steps: ReturnType<typeof compile>, text: string) =>
  steps.reduce((spaced, [pattern, replacement]) => spaced.replace(pattern, replacement), text)

const wordsOfSentence = (sentence: string) => splitAtSpaces(apply(late, ` ${apply(early, sentence)} `))

/** Tokens as NLTK 3.9.1's `word_tokenize` finds them: sentence by sentence, by an extended Treebank rule. */
export const tokenizeWords = (text: string): string[] => splitSentences(text).flatMap(wordsOfSentence)
