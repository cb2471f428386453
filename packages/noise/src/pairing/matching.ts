/** Whether two vertices may be matched; symmetric. */
type Edge = (a: number, b: number) => boolean

const NONE = -1

/** A search tree from one free vertex: Edmonds' blossoms, shrunk by giving their vertices one base. */
interface Search {
  readonly mate: Int32Array
  readonly parent: Int32Array
  readonly base: Int32Array
  /** 1 for vertices an even number of edges from the root. */
  readonly even: Uint8Array
  readonly queue: number[]
}

function enqueue({ even, queue }: Search, vertex: number): void {
  if (even[vertex] === 1) return
  even[vertex] = 1
  queue.push(vertex)
}

function searchFrom(root: number, mate: Int32Array): Search {
  const parent = new Int32Array(mate.length).fill(NONE)
  const base = Int32Array.from(mate.keys())
  const search = { mate, parent, base, even: new Uint8Array(mate.length), queue: [] }
  enqueue(search, root)
  return search
}

/** Bases from an even vertex to the root. */
function* wayToRoot({ mate, parent, base }: Search, from: number): Generator<number> {
  for (let vertex = base[from]!; ; vertex = base[parent[mate[vertex]!]!]!) {
    yield vertex
    if (mate[vertex] === NONE) return
  }
}

/** Where the ways of two even vertices to the root meet. */
function meeting(search: Search, a: number, b: number): number {
  const onWay = new Set(wayToRoot(search, a))
  for (const vertex of wayToRoot(search, b)) if (onWay.has(vertex)) return vertex
  return NONE
}

/** Turns the way from a vertex to a blossom's base, so that the blossom can be passed either way. */
function turn({ mate, parent, base }: Search, from: number, end: number, child: number, inside: Set<number>) {
  let below = child
  for (let vertex = from; base[vertex] !== end; ) {
    const other = mate[vertex]!
    inside.add(base[vertex]!).add(base[other]!)
    parent[vertex] = below
    below = other
    vertex = parent[other]!
  }
}

/** Makes one vertex of the odd circle that an edge between two even ones closes. */
function shrink(search: Search, a: number, b: number): void {
  const { base } = search
  const end = meeting(search, a, b)
  const inside = new Set<number>()
  turn(search, a, end, b, inside)
  turn(search, b, end, a, inside)
  for (let vertex = 0; vertex < base.length; vertex++) {
    if (!inside.has(base[vertex]!)) continue
    base[vertex] = end
    enqueue(search, vertex)
  }
}

/** Swaps matched and free edges on the way back from a free vertex. */
function swapAlong(search: Search, end: number): void {
  for (let vertex = end; vertex !== NONE; ) {
    const before = search.parent[vertex]!
    const next = search.mate[before]!
    search.mate[vertex] = before
    search.mate[before] = vertex
    vertex = next
  }
}

/** A free vertex that an even one may be matched with: looked for first, which mostly ends the search. */
const freeFor = (mate: Int32Array, edge: Edge, vertex: number, root: number): number =>
  mate.findIndex((other, v) => other === NONE && v !== root && edge(vertex, v))

/** Enlarges a matching by one edge along a path from `root`, if there is one. */
function augment(mate: Int32Array, edge: Edge, root: number): boolean {
  const search = searchFrom(root, mate)
  for (let head = 0; head < search.queue.length; head++) {
    const vertex = search.queue[head]!
    const free = freeFor(mate, edge, vertex, root)
    if (free !== NONE) {
      search.parent[free] = vertex
      swapAlong(search, free)
      return true
    }
    for (let other = mate.length - 1; other >= 0; other--) {
      if (search.base[vertex] === search.base[other] || mate[vertex] === other || !edge(vertex, other))
        continue
      if (search.even[other] === 1) shrink(search, vertex, other)
      else if (search.parent[other] === NONE) {
        search.parent[other] = vertex
        enqueue(search, mate[other]!)
      }
    }
  }
  return false
}

/**
 * A largest matching that keeps all vertices matched that `mate` matches, whose other entries are −1; changes `mate`.
 * Edmonds' blossom algorithm: at most the cube of the vertices. Where it has a choice it changes the last ones.
 */
export function completeMatching(mate: Int32Array, edge: Edge): Int32Array {
  for (let root = 0; root < mate.length; root++) {
    if (mate[root] === NONE) augment(mate, edge, root)
  }
  return mate
}
