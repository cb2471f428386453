import { EvalsError } from '../../../evals-error'
import { isLower, isUpper } from '../text/python-text'
import { type Check, type CheckTools, type Instruction, withoutArguments } from './instruction'

/** Whether a response is in a language, which a response of no language is. */
function isInLanguage(response: string, language: string, { detectLanguage }: CheckTools): boolean {
  if (detectLanguage === undefined) {
    const message =
      'detectLanguage is undefined; expected a function from a text to its ISO 639-1 code, as a row asks for a language'
    throw new EvalsError('INVALID_OPTION', 'detectLanguage', message)
  }
  const found = detectLanguage(response)
  return found === undefined || found === language
}

/** The whole response is in a language. */
export const responseLanguage: Instruction = {
  arguments: ['language'],
  build: (given) => {
    const language = given.text('language')
    return (response, tools) => isInLanguage(response, language, tools)
  },
}

const englishIn =
  (hasCase: (text: string) => boolean): Check =>
  (response, tools) =>
    hasCase(response) && isInLanguage(response, 'en', tools)

/** In English, and in upper case throughout. */
export const englishCapital: Instruction = withoutArguments(englishIn(isUpper))

/** In English, and in lower case throughout. */
export const englishLowercase: Instruction = withoutArguments(englishIn(isLower))
