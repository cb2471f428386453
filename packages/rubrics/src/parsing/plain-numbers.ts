const units = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const teens = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
]
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']

const values = new Map([
  ...[...units, ...teens].map((word, value) => [word, value] as const),
  ...tens.map((word, i) => [word, 20 + 10 * i] as const),
])

const unit = units.join('|')
/** Source of a pattern of one number in English words, up to a hundred. */
export const numberInWords = `(?:a|one)[ -]hundred|(?:${tens.join('|')})(?:[ -](?:${unit})\\b)?|${teens.join('|')}|${unit}`
const words = new RegExp(
  `\\b(${numberInWords})\\b(?: point ((?:${unit})(?:[ ](?:${unit})){0,3}))?( and a half)?\\b`,
  'gi',
)

function valueOf(word: string): number {
  const parts = word.toLowerCase().split(/[ -]/)
  if (parts.at(-1) === 'hundred') return 100
  return parts.reduce((sum, part) => sum + values.get(part)!, 0)
}

/** Numbers in English words up to a hundred, written in digits: `eight point five out of ten` is `8.5 out of 10`. */
export const wordsToDigits = (text: string): string =>
  text.replace(words, (_, number: string, decimals: string | undefined, half: string | undefined) => {
    const fraction = decimals?.split(' ').map((digit) => valueOf(digit)) ?? (half ? [5] : [])
    return `${valueOf(number)}${fraction.length > 0 ? '.' : ''}${fraction.join('')}`
  })

function asciiDigit(digit: string): string {
  const compatible = digit.normalize('NFKC')
  if (/^\d$/.test(compatible)) return compatible
  // Digits of a script are ten in a row, from zero; two scripts' rows may touch.
  const code = digit.codePointAt(0)!
  let below = 0
  while (/\p{Nd}/u.test(String.fromCodePoint(code - below - 1))) below++
  return String(below % 10)
}

const fractions: Readonly<Record<string, string>> = { '¼': '.25', '½': '.5', '¾': '.75' }
const punctuation: Readonly<Record<string, string>> = {
  '−': '-',
  '．': '.',
  '，': ',',
  '／': '/',
  '⁄': '/',
  '％': '%',
  '٫': '.',
  '٪': '%',
  '\u00a0': ' ',
  '\u202f': ' ',
}

/** `text` with digits, signs and spaces of any script as ASCII has them, and without characters that have no width. */
export const plainNumbers = (text: string): string =>
  text
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/[−．，／⁄％٫٪\u00a0\u202f]/g, (mark) => punctuation[mark]!)
    .replace(/\p{Nd}/gu, (digit) => (/\d/.test(digit) ? digit : asciiDigit(digit)))
    .replace(/(\d)[ ]?([¼½¾])/g, (_, digit: string, fraction: string) => digit + fractions[fraction])
