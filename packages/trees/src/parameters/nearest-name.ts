/** Letters that are to be changed, put in, left out or exchanged with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const exchange = isExchange ? before[j - 2]! + 1 : change
      next.push(Math.min(change, exchange, row[j]! + 1, next[j - 1]! + 1))
    }
    ;[before, row] = [row, next]
  }
  return row[b.length]!
}

const snakeCase = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()

/** Longer names than this are no slips of the pen. */
const LONGEST = 60
/** Share of the letters that may be others. */
const MOST_CHANGED = 0.3

/** The one of `names` that takes the fewest changed letters from `name`, which are few; the first of several. */
function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined
  const lower = snakeCase(name)
  let best: string | undefined
  let least = Math.max(1, Math.floor(lower.length * MOST_CHANGED)) + 1
  for (const candidate of names) {
    const distance = editDistance(lower, snakeCase(candidate))
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** `did you mean …?` of a name that is near, in the words of `quote`; undefined where none is. */
export function suggestion(
  name: string,
  names: readonly string[],
  quote = (near: string) => near,
): string | undefined {
  const near = nearestName(name, names)
  return near === undefined ? undefined : `did you mean ${quote(near)}?`
}
