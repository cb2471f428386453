import type { Located } from './issue-text'

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ')

/** Says things with their places, as somebody else names these. */
export const placedBy = (value: unknown, placeOf: Located['placeOf']): Located => ({
  ...{ value, placeOf },
  say: (path, problem) => joined([placeOf(path), problem]),
})

/** Says things with their places. @param sourceOf what a path stands in, such as a file and a line. */
export function locatedBy(value: unknown, sourceOf: (path: readonly PropertyKey[]) => string): Located {
  return placedBy(value, (path) => joined([sourceOf(path), pathText(path)]))
}

/** Settings that are no file's: of a caller, or of a run's `config.json`. */
export const withoutLines = (value: unknown, source: string): Located => locatedBy(value, () => source)
