import { jsonrepair } from 'jsonrepair'

/** A value read from JSON in a text, with what had to be mended. */
export interface JsonBlock {
  readonly value: unknown
  readonly repairs: readonly string[]
  /** True when the text ends before the JSON does. */
  readonly open: boolean
  /** Where the JSON ends in the text. */
  readonly end: number
}

/** More than this is not mended: no judge writes it, and mending is recursive. */
const LONGEST_MENDED = 20_000

interface Extent {
  readonly start: number
  readonly end: number
  readonly open: boolean
}

/** Where `{…}` and `[…]` stand that are in no other: one pass, strings left out. */
function extents(text: string, opening: string): Extent[] {
  const found: Extent[] = []
  let depth = 0
  let start = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (quoted) {
      if (character === '\\') i++
      else if (character === '"') quoted = false
      continue
    }
    if (depth > 0 && character === '"') quoted = true
    else if (depth === 0 ? character === opening : character === '{' || character === '[') {
      if (depth === 0) start = i
      depth++
    } else if (depth > 0 && (character === '}' || character === ']')) {
      depth--
      if (depth === 0) found.push({ start, end: i + 1, open: false })
    }
  }
  if (depth > 0) found.push({ start, end: text.length, open: true })
  return found
}

function parsed(source: string): { value: unknown; repairs: string[] } | undefined {
  try {
    return { value: JSON.parse(source), repairs: [] }
  } catch {
    if (source.length > LONGEST_MENDED) return undefined
  }
  try {
    return { value: JSON.parse(jsonrepair(source)), repairs: ['the JSON is broken'] }
  } catch {
    return undefined
  }
}

const beside = ['there is text beside the JSON']
const alone = /^\s*$/
const fence = /^\s*```(?:json)?\s*$/i

/** Where the text has nothing else, or only a fence of a code block around it, or more. */
function surroundings(text: string, { start, end }: Extent): string[] {
  const [before, after] = [text.slice(0, start), text.slice(end)]
  if (alone.test(before) && alone.test(after)) return []
  if (fence.test(before) && fence.test(after)) return ['the JSON is in a code block']
  return beside
}

/**
 * The JSON values in a text that begin with `opening`, and are in no other; broken ones are mended by jsonrepair.
 * Repairs say so, and what else is in the text.
 */
export function jsonBlocks(text: string, opening: '{' | '['): JsonBlock[] {
  const all = extents(text, opening)
  const read = new Map<string, ReturnType<typeof parsed>>()
  return all.flatMap((extent) => {
    const source = text.slice(extent.start, extent.end).replace(/\s{0,9}```\s*$/, '')
    if (!read.has(source)) read.set(source, parsed(source))
    const block = read.get(source)
    if (block === undefined) return []
    const repairs = [...block.repairs, ...(all.length === 1 ? surroundings(text, extent) : beside)]
    return [{ value: block.value, repairs, open: extent.open, end: extent.start + source.length }]
  })
}
