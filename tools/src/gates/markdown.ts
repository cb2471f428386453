/** Text for a cell of a table: asterisks and bars stay what they are, code stays code, arXiv numbers become links. */
export const cell = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part.replaceAll('|', '\\|') : plain(part)))
    .join('')

const plain = (text: string): string =>
  text
    .replace(/[*|<]/g, '\\$&')
    .replace(/(?<![\d.])\d{4}\.\d{5}(?![\d.]\d)/g, '[$&](https://arxiv.org/abs/$&)')

/** A table of cells. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
