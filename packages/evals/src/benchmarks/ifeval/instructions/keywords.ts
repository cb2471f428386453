import { patternSource } from '../text/python-pattern'
import { countMatches, strip, WORD_BOUNDARY } from '../text/python-text'
import type { Instruction } from './instruction'

/** Every keyword occurs, as a pattern, in any case, also inside other words. */
export const existence: Instruction = {
  arguments: ['keywords'],
  build: (given) => {
    const patterns = given
      .texts('keywords')
      .map((keyword) => given.pattern('keywords', patternSource(keyword, true), 'iu'))
    return (response) => patterns.every((pattern) => pattern.test(response))
  },
}

/** A keyword occurs less than, or at least, so often; also inside other words. */
export const frequency: Instruction = {
  arguments: ['keyword', 'frequency', 'relation'],
  build: (given) => {
    const source = patternSource(strip(given.text('keyword')), true)
    const pattern = given.pattern('keyword', source, 'giu')
    const holds = given.relation('relation', 'frequency')
    return (response) => holds(countMatches(response, pattern))
  },
}

/** None of the words occurs, in any case, as whole words. */
export const forbiddenWords: Instruction = {
  arguments: ['forbidden_words'],
  build: (given) => {
    const patterns = given.texts('forbidden_words').map((word) => {
      const source = WORD_BOUNDARY + patternSource(word, true) + WORD_BOUNDARY
      return given.pattern('forbidden_words', source, 'iu')
    })
    return (response) => !patterns.some((pattern) => pattern.test(response))
  },
}

/**
 * A letter occurs less than, or at least, so often, in any case. Two of the benchmark's rows ask for `#` and `!`,
 * for which the original draws a letter at random; here they are counted.
 */
export const letterFrequency: Instruction = {
  arguments: ['letter', 'let_frequency', 'let_relation'],
  build: (given) => {
    const source = given.text('letter').toLowerCase()
    const letter = given.pattern('letter', source.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&'), 'gu')
    const holds = given.relation('let_relation', 'let_frequency')
    return (response) => holds(countMatches(response.toLowerCase(), letter))
  },
}
