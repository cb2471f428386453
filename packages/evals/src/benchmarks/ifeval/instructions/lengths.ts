import { splitSentences } from '../punkt/split-sentences'
import { countWords, SPACE, splitAtSpaces, strip } from '../text/python-text'
import type { Instruction } from './instruction'

/** Less than, or at least, so many sentences, as NLTK splits them. */
export const numberSentences: Instruction = {
  arguments: ['num_sentences', 'relation'],
  build: (given) => {
    const holds = given.relation('relation', 'num_sentences')
    return (response) => holds(splitSentences(response).length)
  },
}

/** Less than, or at least, so many words. */
export const numberWords: Instruction = {
  arguments: ['num_words', 'relation'],
  build: (given) => {
    const holds = given.relation('relation', 'num_words')
    return (response) => holds(countWords(response))
  },
}

const divider = new RegExp(`${SPACE}?\\*{3}${SPACE}?`, 'u')

/** Exactly so many paragraphs, divided by `***`; one may stand before the first and after the last. */
export const numberParagraphs: Instruction = {
  arguments: ['num_paragraphs'],
  build: (given) => {
    const wanted = given.count('num_paragraphs')
    return (response) => {
      const paragraphs = response.split(divider)
      const isEmpty = paragraphs.map((paragraph) => strip(paragraph) === '')
      if (isEmpty.slice(1, -1).includes(true)) return false
      return isEmpty.filter((empty) => !empty).length === wanted
    }
  },
}

/** The first word in lower case, up to punctuation, without quotes before it. */
function firstWordOf(paragraph: string): string {
  const word = splitAtSpaces(paragraph)[0]!.replace(/^'+/u, '').replace(/^"+/u, '')
  return Array.from(word.replace(/[.,?!'"].*$/su, ''), (letter) => letter.toLowerCase()).join('')
}

/**
 * Exactly so many paragraphs, divided by an empty line, of which the nth starts with a word. As in the original, empty
 * paragraphs are not counted, but do take a place when the nth is looked up.
 */
export const nthParagraphFirstWord: Instruction = {
  arguments: ['num_paragraphs', 'nth_paragraph', 'first_word'],
  build: (given) => {
    const wanted = given.count('num_paragraphs', 1)
    const nth = given.count('nth_paragraph', 1)
    const firstWord = given.text('first_word').toLowerCase()
    return (response) => {
      const paragraphs = response.split('\n\n').map(strip)
      const count = paragraphs.filter((paragraph) => paragraph !== '').length
      const paragraph = paragraphs[nth - 1]
      if (nth > count || !paragraph) return false
      return count === wanted && firstWordOf(paragraph) === firstWord
    }
  },
}
