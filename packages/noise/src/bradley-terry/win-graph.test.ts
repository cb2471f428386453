import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitBradleyTerry } from './fit-bradley-terry'
import { anyComparisons } from './testing/arbitrary-comparisons'
import { connectedGroups } from './win-graph'

/** Groups by definition: whom one can reach along wins, and be reached from. */
function groupsByReachability({
  first,
  second,
  outcomes,
}: Record<'first' | 'second' | 'outcomes', number[]>) {
  const players = [...new Set(first.flatMap((player, row) => [player, second[row]!]))]
  const reach = new Set(players.map((player) => `${player}>${player}`))
  first.forEach((player, row) => {
    if (outcomes[row]! > 0) reach.add(`${player}>${second[row]}`)
    if (outcomes[row]! < 1) reach.add(`${second[row]}>${player}`)
  })
  for (const k of players) {
    for (const i of players) {
      for (const j of players) if (reach.has(`${i}>${k}`) && reach.has(`${k}>${j}`)) reach.add(`${i}>${j}`)
    }
  }
  const groups = players.map((i) => players.filter((j) => reach.has(`${i}>${j}`) && reach.has(`${j}>${i}`)))
  return [...new Set(groups.map((group) => group.sort().join()))].sort()
}

test('groups are those between which wins lead both ways, and one group is what a fit needs', () => {
  fc.assert(
    fc.property(anyComparisons, (comparisons) => {
      const groups = connectedGroups(comparisons)
      expect(groups.map((group) => group.sort().join()).sort()).toEqual(groupsByReachability(comparisons))
      const sizes = groups.map((group) => group.length)
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
      const attempt = () => fitBradleyTerry(comparisons)
      if (groups.length === 1) expect(attempt().strengths.every(Number.isFinite)).toBe(true)
      else expect(attempt).toThrow(`got ${groups.length} groups`)
    }),
    { numRuns: 500 },
  )
})

test('the error names the groups and how they stand to others', () => {
  const first = ['a', 'b', 'c', 'a', 'd', 'x']
  const second = ['b', 'c', 'a', 'd', 'e', 'y']
  expect(() => fitBradleyTerry({ first, second, outcomes: [1, 1, 1, 1, 1, 0.5] })).toThrow(
    'got 4 groups: {"a", "b", "c"} (lost to nobody outside); {"x", "y"} (compared with nobody outside); ' +
      '{"d"} (in between); {"e"} (beat nobody outside)',
  )
})

test('of many groups and many members the error names some', () => {
  const many = Array.from({ length: 20 }, (_, i) => i)
  const others = many.map((i) => (i + 1) % 20)
  const losers = many.map((i) => 100 + i)
  const first = [...many, ...many]
  expect(() => fitBradleyTerry({ first, second: [...others, ...losers] })).toThrow(
    /21 groups: \{0, 1, 2, 3, 4, 5, and 14 more\} .*; \{100\} .*; and 15 more\. Fit groups apart/,
  )
})

test('a circle of a hundred thousand players is one group', () => {
  const first = Int32Array.from({ length: 100_000 }, (_, i) => i)
  const second = first.map((i) => (i + 1) % first.length)
  expect(connectedGroups({ first, second })).toHaveLength(1)
})
