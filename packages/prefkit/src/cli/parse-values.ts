import { InvalidArgumentError } from 'commander'

/** Reads a number of the command line; unless it says otherwise here, its range is checked where it is used. */
export function parseNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('expected a number')
  return value
}

/** Reads widths such as `64,32`; `none` or nothing is a linear model. */
export const parseWidths = (text: string): number[] =>
  text === 'none' || text === '' ? [] : text.split(',').map(parseNumber)

/** Reads names separated by commas. */
export const parseNames = (text: string): string[] => text.split(',').map((name) => name.trim())

/** Reads the share kept for a test: what is left is learned from. */
export function parseTestFraction(text: string): number {
  const value = parseNumber(text)
  if (value >= 0 && value < 1) return value
  throw new InvalidArgumentError('expected a number of at least 0 and less than 1')
}

/** Reads the name of a file for JSON Lines; `@prefkit/datasets` refuses the same names, but later. */
export function parseOut(path: string): string {
  if (!/\.parquet(\.gz)?$/i.test(path)) return path
  throw new InvalidArgumentError(
    'JSON Lines are written: expected a name such as rows.jsonl or rows.jsonl.gz',
  )
}

/** Reads numbers separated by commas. */
export const parseNumbers = (text: string): number[] => text.split(',').map(parseNumber)

/** Reads one number for all annotators, or one for each, separated by commas. */
export function parsePerAnnotator(text: string): number | number[] {
  const values = parseNumbers(text)
  return values.length === 1 ? values[0]! : values
}

/** Reads a whole number of at least 1. */
export function parseCount(text: string): number {
  const value = parseNumber(text)
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('expected a whole number of at least 1')
}

/** Reads `name=value` separated by commas, each name once. */
function parseEntries(text: string, example: string): [string, string][] {
  const names = new Set<string>()
  return text.split(',').map((entry) => {
    const [first = '', ...rest] = entry.split('=')
    const [name, value] = [first.trim(), rest.join('=').trim()]
    if (name === '' || value === '') {
      throw new InvalidArgumentError(`expected <name>=<value>, such as ${example}, got '${entry}'`)
    }
    if (names.has(name)) throw new InvalidArgumentError(`expected each name once, got '${name}' again`)
    names.add(name)
    return [name, value]
  })
}

/** Reads which columns hold what, such as `prompt=question,score=reward`. */
export const parseColumns = (text: string): Record<string, string> =>
  Object.fromEntries(parseEntries(text, 'prompt=question'))

/** Reads numbers by name, such as `k=3,floor=0.1`. */
export const parseParameters = (text: string): Record<string, number> =>
  Object.fromEntries(parseEntries(text, 'k=3').map(([name, value]) => [name, parseNumber(value)]))

const settingOf = (text: string): number | boolean | string => {
  if (text === 'true' || text === 'false') return text === 'true'
  return Number.isNaN(Number(text)) ? text : Number(text)
}

/** Reads settings by name, such as `num_leaves=15,boosting=dart`; numbers, true and false are what they look like. */
export const parseSettings = (text: string): Record<string, number | boolean | string> =>
  Object.fromEntries(parseEntries(text, 'num_leaves=15').map(([name, value]) => [name, settingOf(value)]))

/** Reads names separated by commas, each one of those there are. */
export const parseChoices =
  <Name extends string>(known: readonly Name[]) =>
  (text: string): Name[] =>
    parseNames(text).map((name) => {
      const found = known.find((choice) => choice === name)
      if (found !== undefined) return found
      throw new InvalidArgumentError(`expected some of ${known.join(', ')}, got '${name}'`)
    })
