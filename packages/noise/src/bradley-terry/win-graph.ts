import { NoiseError } from '../noise-error'
import { type Cells, type Counts, cellsOf } from './cells'
import { type PairedComparisons, type Player, rowsOf } from './paired-comparisons'

/** Who beat whom: successors of player i are `to[from[i]]` to `to[from[i + 1] - 1]`. A tie is an edge both ways. */
interface WinGraph {
  readonly from: Int32Array
  readonly to: Int32Array
}

type Ends = Pick<Cells, 'first' | 'second'>

function forEachEdge(
  { first, second }: Ends,
  counts: Counts,
  visit: (winner: number, loser: number) => void,
) {
  for (let cell = 0; cell < first.length; cell++) {
    const tied = counts.ties[cell]! > 0
    if (tied || counts.wins[cell]! > 0) visit(first[cell]!, second[cell]!)
    if (tied || counts.losses[cell]! > 0) visit(second[cell]!, first[cell]!)
  }
}

function winGraph(players: number, ends: Ends, counts: Counts): WinGraph {
  const from = new Int32Array(players + 1)
  forEachEdge(ends, counts, (winner) => {
    from[winner + 1]! += 1
  })
  for (let player = 0; player < players; player++) from[player + 1]! += from[player]!
  const next = from.slice()
  const to = new Int32Array(from[players]!)
  forEachEdge(ends, counts, (winner, loser) => {
    to[next[winner]!++] = loser
  })
  return { from, to }
}

/**
 * The strongly connected component of each player, numbered from 0, by Tarjan's algorithm without recursion: a path of
 * ten thousand players is no deeper than the stack allows.
 */
export function winComponents(
  players: number,
  ends: Ends,
  counts: Counts,
): { of: Int32Array; count: number } {
  const { from, to } = winGraph(players, ends, counts)
  const of = new Int32Array(players).fill(-1)
  const order = new Int32Array(players)
  const lowest = new Int32Array(players)
  const next = from.slice()
  const open: number[] = []
  let visited = 0
  let count = 0
  const enter = (path: number[], player: number): void => {
    order[player] = lowest[player] = ++visited
    open.push(player)
    path.push(player)
  }
  const close = (root: number): void => {
    for (let member = -1; member !== root; ) {
      member = open.pop()!
      of[member] = count
    }
    count += 1
  }
  for (let root = 0; root < players; root++) {
    if (order[root] !== 0) continue
    const path: number[] = []
    enter(path, root)
    while (path.length > 0) {
      const player = path.at(-1)!
      if (next[player]! < from[player + 1]!) {
        const other = to[next[player]!++]!
        if (order[other] === 0) enter(path, other)
        else if (of[other] === -1) lowest[player] = Math.min(lowest[player]!, order[other]!)
        continue
      }
      path.pop()
      if (lowest[player] === order[player]) close(player)
      const parent = path.at(-1)
      if (parent !== undefined) lowest[parent] = Math.min(lowest[parent]!, lowest[player]!)
    }
  }
  return { of, count }
}

/** The group of each player, numbered from 0 as they come: those linked by cells, whoever won and whatever they weigh. */
export function comparisonGroups(
  players: number,
  { first, second }: Ends,
): { of: Int32Array; count: number } {
  const parent = Int32Array.from({ length: players }, (_, i) => i)
  const rootOf = (player: number): number => {
    let root = player
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!
      root = parent[root]!
    }
    return root
  }
  for (let cell = 0; cell < first.length; cell++) {
    const a = rootOf(first[cell]!)
    const b = rootOf(second[cell]!)
    // The smaller number is the root, so that roots come first in their groups.
    parent[Math.max(a, b)] = Math.min(a, b)
  }
  const of = new Int32Array(players)
  let count = 0
  for (let player = 0; player < players; player++) {
    const root = rootOf(player)
    of[player] = root === player ? count++ : of[root]!
  }
  return { of, count }
}

/** So many sweeps over all cells find everybody where most have met; beyond that Tarjan's algorithm costs less. */
const SWEEPS = 4

/** Whether all players are reached from the first one by wins of `ahead` over `behind`, within {@link SWEEPS}. */
function isReached(
  players: number,
  { first, second }: Ends,
  { ahead, behind, ties }: { ahead: Float64Array; behind: Float64Array; ties: Float64Array },
): boolean {
  const reached = new Uint8Array(players)
  reached[0] = 1
  let found = 1
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let cell = 0; cell < first.length && found < players; cell++) {
      const i = first[cell]!
      const j = second[cell]!
      if (reached[i] === reached[j]) continue
      const wins = reached[i] === 1 ? ahead : behind
      if (wins[cell]! + ties[cell]! === 0) continue
      reached[i] = reached[j] = 1
      found += 1
    }
  }
  return found === players
}

/** Whether wins link all players both ways: Ford's condition. */
export const isLinked = (players: number, ends: Ends, { wins, losses, ties }: Counts): boolean =>
  (isReached(players, ends, { ahead: wins, behind: losses, ties }) &&
    isReached(players, ends, { ahead: losses, behind: wins, ties })) ||
  winComponents(players, ends, { wins, losses, ties }).count === 1

/** Players by component, each in the order they came in, largest component first. */
function membersOf(players: readonly Player[], of: Int32Array): number[][] {
  const groups = Map.groupBy(players.keys(), (player) => of[player]!)
  return [...groups.values()].sort((a, b) => b.length - a.length || a[0]! - b[0]!)
}

/**
 * Groups of players within which strengths can be estimated: any two members are linked by wins both ways, direct or
 * through others, a tie counting as a win for each. Largest group first. One group means that Ford's condition holds, so
 * that `fitBradleyTerry` has a finite and unique answer.
 *
 * Source: Ford 1957. Proven against its definition, by reachability.
 *
 * @throws NoiseError as for `fitBradleyTerry`.
 */
export function connectedGroups(comparisons: PairedComparisons): Player[][] {
  const rows = rowsOf(comparisons)
  const cells = cellsOf(rows, 'pair', [])
  const { of } = winComponents(rows.players.length, cells, cells)
  return membersOf(rows.players, of).map((group) => group.map((player) => rows.players[player]!))
}

/** So many groups, and players of each, are named in a message. */
const NAMED = 6

function list(names: readonly string[], close: (names: string) => string, separator: string): string {
  const shown = names.slice(0, NAMED).join(separator)
  return close(names.length > NAMED ? `${shown}${separator}and ${names.length - NAMED} more` : shown)
}

/** How each component stands to players outside it. */
function standings(ends: Ends, counts: Counts, of: Int32Array, count: number): string[] {
  const won = new Uint8Array(count)
  const lost = new Uint8Array(count)
  forEachEdge(ends, counts, (winner, loser) => {
    if (of[winner] === of[loser]) return
    won[of[winner]!] = 1
    lost[of[loser]!] = 1
  })
  const words = [
    'compared with nobody outside',
    'lost to nobody outside',
    'beat nobody outside',
    'in between',
  ]
  return Array.from(won, (flag, component) => words[flag + 2 * lost[component]!]!)
}

/** Throws `DISCONNECTED`, naming the groups of players, unless Ford's condition holds. */
export function checkConnected(players: readonly Player[], cells: Cells): void {
  if (isLinked(players.length, cells, cells)) return
  const { of, count } = winComponents(players.length, cells, cells)
  const standing = standings(cells, cells, of, count)
  const groups = membersOf(players, of).map((group) => {
    const names = group.map((player) => JSON.stringify(players[player]))
    return list(names, (text) => `{${text}} (${standing[of[group[0]!]!]})`, ', ')
  })
  const named = list(groups, (text) => text, '; ')
  const message =
    `comparisons: expected wins that link all players both ways (Ford's condition), else strengths are infinite; ` +
    `got ${count} groups: ${named}. Fit groups apart, or give alpha > 0`
  throw new NoiseError('DISCONNECTED', 'comparisons', message)
}
