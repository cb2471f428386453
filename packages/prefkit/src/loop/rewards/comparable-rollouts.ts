/** Which prompt each of so many responses answers, of which so many in a row answer one: 0, 0, 1, 1, … */
export const groupsOfSize = (count: number, size: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(i / size))

function sizesOf(groups: readonly number[]): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>()
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  return sizes
}

/**
 * Places of responses that have a score, and another of their group beside them that has one: what is left alone has nothing to be compared
 * with. One that was drawn alone, as for REINFORCE, never had, and stays.
 * @param groups of each response.
 */
export function comparablePlaces(
  groups: readonly number[],
  isScored: (place: number) => boolean,
): readonly number[] {
  const scored = groups.flatMap((_, place) => (isScored(place) ? [place] : []))
  const drawn = sizesOf(groups)
  const left = sizesOf(scored.map((place) => groups[place]!))
  return scored.filter((place) => left.get(groups[place]!)! > 1 || drawn.get(groups[place]!) === 1)
}
