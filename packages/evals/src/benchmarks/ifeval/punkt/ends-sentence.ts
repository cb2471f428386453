import { englishParameters, type PunktParameters } from './parameters'
import {
  bareType,
  isInitial,
  type PunktToken,
  punktTokens,
  startsLower,
  startsUpper,
  typeInSentence,
} from './tokens'

/** Whether a word starts a sentence, by the cases it was seen in; undefined where they do not say. */
function startsSentence(token: PunktToken, known: PunktParameters): boolean | undefined {
  if (/^[;:,.!?]$/.test(token.text)) return false
  const type = typeInSentence(token)
  if (startsUpper(token) && known.lowerCase.has(type) && !known.upperCaseInside.has(type)) return true
  if (startsLower(token) && !known.lowerCaseStarters.has(type)) return false
  return undefined
}

/** What a token is by itself: section 3 of the paper. */
function classify(token: PunktToken, { abbreviations }: PunktParameters): void {
  const { text } = token
  if (/^[.?!]$/.test(text)) token.endsSentence = true
  else if (/^\.\.+$/.test(text)) token.isEllipsis = true
  else if (text.endsWith('.') && !text.endsWith('..')) {
    const word = text.slice(0, -1).toLowerCase()
    const last = word.slice(word.lastIndexOf('-') + 1)
    token.isAbbreviation = abbreviations.has(word) || abbreviations.has(last)
    token.endsSentence = !token.isAbbreviation
  }
}

function markAbbreviation(token: PunktToken): void {
  token.endsSentence = false
  token.isAbbreviation = true
}

/** What a token ending in a period is before `next`: section 4 of the paper. */
function reclassify(token: PunktToken, next: PunktToken, known: PunktParameters): void {
  if (!token.text.endsWith('.')) return
  const type = bareType(token)
  const nextType = typeInSentence(next)
  const initial = isInitial(token)
  if (known.collocations.has(`${type} ${nextType}`)) {
    markAbbreviation(token)
    return
  }
  const starts = startsSentence(next, known)
  if ((token.isAbbreviation || token.isEllipsis) && !initial) {
    const isStarter = startsUpper(next) && known.sentenceStarters.has(nextType)
    if (starts || isStarter) {
      token.endsSentence = true
      return
    }
  }
  if (!(initial || type === '##number##')) return
  const isName = starts === undefined && initial && startsUpper(next) && !known.lowerCase.has(nextType)
  if (starts === false || isName) markAbbreviation(token)
}

/** Whether a sentence ends inside `context`: a word, what may end a sentence, and what comes after it. */
export function endsSentence(context: string): boolean {
  const known = englishParameters()
  const tokens = punktTokens(context)
  for (const token of tokens) classify(token, known)
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1]
    if (next) reclassify(token, next, known)
  }
  return tokens.slice(0, -1).some((token) => token.endsSentence)
}
