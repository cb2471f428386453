import { patternSource } from '../text/python-pattern'
import { countMatches, SPACE, strip } from '../text/python-text'
import type { Instruction } from './instruction'

/** At least so many places to fill in, such as `[address]`. */
export const numberPlaceholders: Instruction = {
  arguments: ['num_placeholders'],
  build: (given) => {
    const wanted = given.count('num_placeholders')
    return (response) => countMatches(response, /\[[^\n]*?\]/gu) >= wanted
  },
}

const markers: Readonly<Record<string, string>> = {
  'P.P.S': `p\\.${SPACE}?p\\.${SPACE}?s`,
  'P.S.': `p\\.${SPACE}?s\\.`,
}

/** A postscript. As in the original, its marker may stand anywhere. */
export const postscript: Instruction = {
  arguments: ['postscript_marker'],
  build: (given) => {
    const marker = strip(given.text('postscript_marker'))
    const source = markers[marker] ?? patternSource(marker.toLowerCase(), false)
    const pattern = given.pattern('postscript_marker', source, 'u')
    return (response) => pattern.test(response.toLowerCase())
  },
}
