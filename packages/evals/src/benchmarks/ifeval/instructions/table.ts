import { numberPlaceholders, postscript } from './content'
import {
  constrainedResponse,
  jsonFormat,
  multipleSections,
  numberBulletLists,
  numberHighlightedSections,
  title,
} from './formats'
import type { Instruction } from './instruction'
import { existence, forbiddenWords, frequency, letterFrequency } from './keywords'
import { englishCapital, englishLowercase, responseLanguage } from './language'
import { nthParagraphFirstWord, numberParagraphs, numberSentences, numberWords } from './lengths'
import {
  capitalWordFrequency,
  endChecker,
  noComma,
  quotation,
  repeatPrompt,
  twoResponses,
} from './whole-response'

/** The 25 instruction types of IFEval. */
export const instructions = {
  'change_case:capital_word_frequency': capitalWordFrequency,
  'change_case:english_capital': englishCapital,
  'change_case:english_lowercase': englishLowercase,
  'combination:repeat_prompt': repeatPrompt,
  'combination:two_responses': twoResponses,
  'detectable_content:number_placeholders': numberPlaceholders,
  'detectable_content:postscript': postscript,
  'detectable_format:constrained_response': constrainedResponse,
  'detectable_format:json_format': jsonFormat,
  'detectable_format:multiple_sections': multipleSections,
  'detectable_format:number_bullet_lists': numberBulletLists,
  'detectable_format:number_highlighted_sections': numberHighlightedSections,
  'detectable_format:title': title,
  'keywords:existence': existence,
  'keywords:forbidden_words': forbiddenWords,
  'keywords:frequency': frequency,
  'keywords:letter_frequency': letterFrequency,
  'language:response_language': responseLanguage,
  'length_constraints:nth_paragraph_first_word': nthParagraphFirstWord,
  'length_constraints:number_paragraphs': numberParagraphs,
  'length_constraints:number_sentences': numberSentences,
  'length_constraints:number_words': numberWords,
  'punctuation:no_comma': noComma,
  'startend:end_checker': endChecker,
  'startend:quotation': quotation,
} satisfies Record<string, Instruction>

/** The name of an instruction type, as the benchmark spells it. */
export type InstructionId = keyof typeof instructions
