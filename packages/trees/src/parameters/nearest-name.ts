function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}

/** The one of `names` that takes the fewest changed letters from `name`; the first of several. */
export function nearestName(name: string, names: readonly string[]): string {
  const lower = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
  let best = names[0]!
  let least = Number.POSITIVE_INFINITY
  for (const candidate of names) {
    const distance = editDistance(lower, candidate)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}
