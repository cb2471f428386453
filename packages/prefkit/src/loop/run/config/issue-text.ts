import type { z } from 'zod'
import { nearestName } from '../../choices/nearest-name'
import { knownNames } from './known-names'

/** A configuration as it was written, with its places. */
export interface Located {
  /** What was read. */
  readonly value: unknown
  /** A problem with the place of what a path leads to, such as `config.yaml:12: policy.steps: …`. */
  say(path: readonly PropertyKey[], problem: string): string
  /** The place alone. */
  placeOf(path: readonly PropertyKey[]): string
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value)

const meant = (name: unknown, known: readonly string[]): string => {
  const nearest = typeof name === 'string' ? nearestName(name, known) : undefined
  return nearest === undefined || nearest === name ? '' : `; did you mean ${nearest}?`
}

const shown = (value: unknown): string => {
  // What JSON has no number for would be shown as null.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** zod's own words, where a schema has none of its own, in ours. */
const plainly = (message: string): string =>
  message
    .replace(/^Invalid input: expected ([^,]*),.*$/, 'expected $1')
    .replace(/^Invalid .*: expected/, 'expected')
    .replace(/^expected array$/, 'expected a list')

/** What is wrong at a place, a line for each: of several forms that fit none, the first that says most. */
export function issueText(issue: z.core.$ZodIssue, schema: z.core.$ZodType, located: Located): string[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const known = knownNames(schema, path, located.value)
    return issue.keys.map((key) => {
      const there = known.length === 0 ? '' : `; there are ${known.join(', ')}`
      return located.say([...path, key], `no such setting${meant(key, known) || there}`)
    })
  }
  const given = valueAt(located.value, path)
  if (given === undefined) return [located.say(path, `${plainly(issue.message)}, got nothing`)]
  const names = 'options' in issue ? issue.options : 'values' in issue ? issue.values : []
  const known = ((names as readonly unknown[] | undefined) ?? []).filter((name) => typeof name === 'string')
  return [located.say(path, `${plainly(issue.message)}, got ${shown(given)}${meant(given, known)}`)]
}
