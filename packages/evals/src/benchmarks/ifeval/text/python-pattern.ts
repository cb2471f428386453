import { EvalsError } from '../../../evals-error'
import { END, NOT_SPACE, SPACE, WORD, WORD_BOUNDARY } from './python-text'

/** What has another meaning in Python's `re` than in JavaScript with flag `u`. */
const escapes: Readonly<Record<string, string>> = {
  w: WORD,
  W: WORD.replace('[', '[^'),
  s: SPACE,
  S: NOT_SPACE,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  b: WORD_BOUNDARY,
  A: '(?<![^])',
  Z: '(?![^])',
}

/** Letters that Python's IGNORECASE also takes for `i`, beyond what Unicode's simple folding does. */
const dotted = '[iI\\u0130\\u0131]'

const bare: Readonly<Record<string, string>> = { '.': '[^\\n]', '^': '(?<![^])', $: END }

function translate(piece: string, ignoreCase: boolean): string {
  if (piece.length > 1 && piece[0] === '\\') {
    const name = piece.slice(1)
    // Python lets any punctuation be escaped; JavaScript, with flag `u`, only what needs it.
    return escapes[name] ?? (/[^\p{L}\p{N}^$\\.*+?()[\]{}|/]/u.test(name) ? name : piece)
  }
  if (ignoreCase && /^[iI\u0130\u0131]$/.test(piece)) return dotted
  return bare[piece] ?? piece
}

/**
 * The source, for flags `u` and `iu`, of a pattern that IFEval's original hands to Python's `re` as it stands.
 * Plain words, which all of the benchmark's are, match exactly as there. Of Python's syntax, classes `[…]` and
 * groups are left as they are.
 */
export const patternSource = (pattern: string, ignoreCase: boolean): string =>
  (pattern.match(/\\.|\[(?:\\.|[^\]])*\]|./gsu) ?? []).map((piece) => translate(piece, ignoreCase)).join('')

/**
 * Compiles a pattern that came with an instruction.
 *
 * @throws EvalsError `INVALID_ROW` where it is no regular expression
 */
export function compilePattern(parameter: string, source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const expected = 'expected a word, with which IFEval searches unescaped'
    const message = `${parameter} is no regular expression (${reason}); ${expected}`
    throw new EvalsError('INVALID_ROW', parameter, message)
  }
}
