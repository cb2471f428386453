import {
  abbreviations,
  bothCaseWords,
  collocations,
  lowerCaseStarters,
  lowerCaseWords,
  sentenceStarters,
} from './english'

const setOf = (listed: string, separator = ' ') => new Set(listed.split(separator))

/** What is known of English words, made from text when sentences are first split. */
export interface PunktParameters {
  abbreviations: ReadonlySet<string>
  sentenceStarters: ReadonlySet<string>
  /** A word without its period and the one after it, with a space between. */
  collocations: ReadonlySet<string>
  /** Seen in lower case. */
  lowerCase: ReadonlySet<string>
  /** Of those, seen in upper case inside sentences too. */
  upperCaseInside: ReadonlySet<string>
  /** Seen in lower case at the start of a sentence, never in upper case. */
  lowerCaseStarters: ReadonlySet<string>
}

let english: PunktParameters | undefined

/** The parameters for English. */
export function englishParameters(): PunktParameters {
  english ??= {
    abbreviations: setOf(abbreviations, '|'),
    sentenceStarters: setOf(sentenceStarters),
    collocations: setOf(collocations, '|'),
    lowerCase: setOf(`${lowerCaseWords} ${bothCaseWords}`),
    upperCaseInside: setOf(bothCaseWords),
    lowerCaseStarters: setOf(lowerCaseStarters),
  }
  return english
}
