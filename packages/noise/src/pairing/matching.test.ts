import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completeMatching } from './matching'

/** The most edges that share no vertex, by trying all. */
function largest(vertices: readonly number[], edge: (a: number, b: number) => boolean): number {
  const [a, ...rest] = vertices
  if (a === undefined) return 0
  const without = largest(rest, edge)
  return rest.reduce((most, b) => {
    const others = rest.filter((c) => c !== b)
    return edge(a, b) ? Math.max(most, 1 + largest(others, edge)) : most
  }, without)
}

test('it is as large as any, and keeps matched what was', () => {
  const graph = fc.record({
    size: fc.integer({ min: 0, max: 9 }),
    bits: fc.array(fc.boolean(), { minLength: 81, maxLength: 81 }),
    greedy: fc.boolean(),
  })
  fc.assert(
    fc.property(graph, ({ size, bits, greedy }) => {
      const edge = (a: number, b: number) => a !== b && bits[Math.min(a, b) * 9 + Math.max(a, b)]!
      const start = new Int32Array(size).fill(-1)
      for (let a = 0; a < size && greedy; a++) {
        const b = start.findIndex((other, v) => other === -1 && v > a && edge(a, v))
        if (start[a] === -1 && b > 0) [start[a], start[b]] = [b, a]
      }
      const mate = completeMatching(start.slice(), edge)
      mate.forEach((b, a) => {
        if (b !== -1) expect([mate[b], edge(a, b)]).toEqual([a, true])
        if (start[a] !== -1) expect(b).not.toBe(-1)
      })
      expect(mate.filter((b) => b !== -1).length / 2).toBe(largest([...mate.keys()], edge))
    }),
    { numRuns: 3000 },
  )
})

test('it goes through blossoms: a chain of triangles has a perfect matching', () => {
  // Vertices 3k, 3k + 1, 3k + 2 are a triangle, and triangles hang together by one edge each.
  const size = 60
  const edge = (a: number, b: number) =>
    a !== b &&
    (Math.floor(a / 3) === Math.floor(b / 3) || (Math.abs(a - b) === 1 && Math.max(a, b) % 3 === 0))
  const mate = completeMatching(new Int32Array(size).fill(-1), edge)
  expect(mate.includes(-1)).toBe(false)
})
