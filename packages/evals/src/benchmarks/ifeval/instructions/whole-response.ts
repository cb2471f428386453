import { isUpper, strip, stripCharacter } from '../text/python-text'
import { tokenizeWords } from '../text/tokenize-words'
import { type Instruction, withoutArguments } from './instruction'

/** Two responses that differ, with `******` between them. */
export const twoResponses: Instruction = withoutArguments((response) => {
  const parts = response.split('******').map(strip)
  if (parts.slice(1, -1).includes('')) return false
  const [first, second, ...more] = parts.filter((part) => part !== '')
  return second !== undefined && more.length === 0 && first !== second
})

/** Starts by repeating the request, in any case. */
export const repeatPrompt: Instruction = {
  arguments: ['prompt_to_repeat'],
  build: (given) => {
    const prompt = strip(given.text('prompt_to_repeat')).toLowerCase()
    return (response) => strip(response).toLowerCase().startsWith(prompt)
  },
}

/** Ends with a phrase, in any case; quotes may follow it. */
export const endChecker: Instruction = {
  arguments: ['end_phrase'],
  build: (given) => {
    const phrase = strip(strip(given.text('end_phrase'))).toLowerCase()
    return (response) => stripCharacter(strip(response), '"').toLowerCase().endsWith(phrase)
  },
}

/** Wrapped in double quotes. */
export const quotation: Instruction = withoutArguments((response) => {
  const text = strip(response)
  return text.length > 1 && text.startsWith('"') && text.endsWith('"')
})

/** No comma; those of other scripts are allowed. */
export const noComma: Instruction = withoutArguments((response) => !response.includes(','))

/** Less than, or at least, so many words in capitals, as NLTK splits words. */
export const capitalWordFrequency: Instruction = {
  arguments: ['capital_frequency', 'capital_relation'],
  build: (given) => {
    const holds = given.relation('capital_relation', 'capital_frequency')
    return (response) => holds(tokenizeWords(response).filter(isUpper).length)
  },
}
