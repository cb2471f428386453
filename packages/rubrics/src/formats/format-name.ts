/** 53 bits of a text, of two 26- and 27-bit multiplicative hashes: names things apart, and keeps no secrets. */
function hashOf(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    high = Math.imul(high ^ text.charCodeAt(i), 2654435761)
    low = Math.imul(low ^ text.charCodeAt(i), 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (2 ** 32 * (high & 0x1fffff) + (low >>> 0)).toString(36)
}

/** The entries of an object that have a value, by key and so on inwards: alike in whatever order they were written. */
const entriesOf = (given: object): readonly (readonly [string, unknown])[] =>
  Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, sorted(value)])

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  return typeof value === 'object' && value !== null ? entriesOf(value) : value
}

/**
 * `base` for a format without options, else `base` and a hash of them: formats that ask or read otherwise have other
 * names, in every process alike.
 */
export function formatName(base: string, { name, ...options }: { readonly name?: string }): string {
  if (name !== undefined) return name
  const given = entriesOf(options)
  return given.length === 0 ? base : `${base}-${hashOf(JSON.stringify(given))}`
}
