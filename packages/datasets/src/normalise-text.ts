/**
 * Text as duplicates are compared: Unicode NFKC, lower case, every run of white space one space, ends trimmed.
 */
export function normaliseText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}
