import { distance } from 'fastest-levenshtein'

/** Of this many letters a misspelt name may differ at most, as a share of its length. */
const tolerated = 0.5

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The known name that somebody most probably meant: none where nothing is near. Case, dashes and underscores do not count. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name)
  const ranked = known
    .map((each) => ({ each, off: distance(wanted, plain(each)) }))
    .toSorted((a, b) => a.off - b.off)
  const [best] = ranked
  return best && best.off <= tolerated * Math.max(wanted.length, 1) ? best.each : undefined
}
