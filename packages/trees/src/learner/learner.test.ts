import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEngine } from '../kernels/engine'
import type { Tree } from '../model/tree'
import { checkParameters } from '../parameters/check-parameters'
import type { ParameterOptions } from '../parameters/parameters'
import { createTreeLearner } from './create-tree-learner'
import { binPlainly, type Columns } from './testing/plain-bins'

interface Grown {
  readonly tree: Tree
  /** Rows of each leaf. */
  readonly rows: readonly (readonly number[])[]
  readonly gradients: readonly number[]
}

interface GrowOptions {
  readonly parameters?: ParameterOptions
  readonly threads?: number
  readonly bag?: Int32Array
  readonly categorical?: readonly number[]
  readonly bundles?: readonly number[][]
  readonly hessian?: (row: number) => number
  /** Columns that may be split. Default: all. */
  readonly used?: readonly number[]
}

const grow = async (
  columns: Columns,
  target: readonly number[],
  options: GrowOptions = {},
): Promise<Grown> => {
  const engine = await createEngine(options.threads ?? 1)
  const parameters = checkParameters({ objective: 'regression', ...options.parameters })
  const binned = binPlainly(engine, columns, parameters, options)
  const used = Uint8Array.from(binned.used, (column) => (options.used?.includes(column) === false ? 0 : 1))
  const learner = createTreeLearner(engine, binned, parameters, 1, { nextTree: () => used })
  learner.gradients.set(target.map((y) => -y))
  learner.hessians.set(target.map((_, row) => options.hessian?.(row) ?? 1))
  const { tree, rowsOfLeaf } = learner.grow(0, options.bag)
  const rows = Array.from({ length: tree.numLeaves }, (_, leaf) => [...rowsOfLeaf(leaf)])
  await engine.dispose()
  return { tree, rows, gradients: target.map((y) => -Math.fround(y)) }
}

/** The leaf of a row, by the tree's own arrays. */
function leafOf(tree: Tree, columns: Columns, row: number): number {
  let node = tree.numLeaves === 1 ? -1 : 0
  while (node >= 0) {
    const value = columns[tree.splitFeature[node]!]![row]!
    node = (goesLeft(tree, node, value) ? tree.leftChild : tree.rightChild)[node]!
  }
  return ~node
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  const type = tree.decisionType[node]!
  if (type & 1) {
    const set = tree.threshold[node]!
    const word = tree.catBoundaries[set]! + (value >> 5)
    return word < tree.catBoundaries[set + 1]! && ((tree.catThreshold[word]! >>> (value & 31)) & 1) === 1
  }
  if (Number.isNaN(value) && type >> 2 === 2) return (type & 2) !== 0
  return (Number.isNaN(value) ? 0 : value) <= tree.threshold[node]!
}

const noise = (seed: number, i: number): number => {
  const x = Math.sin(seed * 127.1 + i * 311.7) * 43758.5453
  return x - Math.floor(x)
}

const makeColumns = (rows: number, seed: number): number[][] => {
  const column = (of: (i: number) => number) => Array.from({ length: rows }, (_, i) => of(i))
  return [
    column((i) => noise(seed, i)),
    column((i) => Math.round(noise(seed + 1, i) * 4) - 2),
    column((i) => (noise(seed + 2, i) < 0.3 ? Number.NaN : noise(seed + 3, i) - 0.5)),
    column((i) => Math.floor(noise(seed + 4, i) * 12)),
    column((i) => (noise(seed + 5, i) < 0.85 ? 0 : noise(seed + 6, i))),
    ...Array.from({ length: 6 }, (_, k) => column((i) => noise(seed + 7 + k, i))),
  ]
}

const makeTarget = (columns: Columns, seed: number): number[] =>
  columns[0]!.map((x, i) => {
    const missing = Number.isNaN(columns[2]![i]!) ? 0.4 : columns[2]![i]!
    return (
      2 * x + columns[1]![i]! * missing + ([2, 3, 7].includes(columns[3]![i]!) ? 1 : 0) + noise(seed, i) * 0.2
    )
  })

describe('createTreeLearner', () => {
  it('grows the same tree, bit for bit, with one thread, two and three', async () => {
    const columns = makeColumns(20_000, 3)
    const target = makeTarget(columns, 9)
    const options = { categorical: [3], parameters: { num_leaves: 63 } }
    const one = await grow(columns, target, options)
    expect(one.tree.numLeaves).toBe(63)
    expect(await grow(columns, target, { ...options, threads: 2 })).toEqual(one)
    expect(await grow(columns, target, { ...options, threads: 3 })).toEqual(one)
  })

  it('puts every row of the bag into the leaf that the tree says, and no other row', async () => {
    const seeds = fc.integer({ min: 0, max: 1000 })
    await fc.assert(
      fc.asyncProperty(seeds, fc.boolean(), fc.integer({ min: 2, max: 40 }), async (seed, bagged, leaves) => {
        const columns = makeColumns(700, seed)
        const bag = bagged ? Int32Array.from({ length: 233 }, (_, i) => 3 * i) : undefined
        const parameters = { num_leaves: leaves, min_data_in_leaf: 5 }
        const { tree, rows } = await grow(columns, makeTarget(columns, seed), {
          parameters,
          bag,
          categorical: [3],
        })
        const expected = [...(bag ?? columns[0]!.keys())]
        expect(rows.flat().sort((a, b) => a - b)).toEqual(expected)
        for (const [leaf, of] of rows.entries()) {
          expect(of).toEqual(of.toSorted((a, b) => a - b))
          expect(new Set(of.map((row) => leafOf(tree, columns, row)))).toEqual(new Set([leaf]))
          expect(of.length).toBeGreaterThanOrEqual(5)
          expect(tree.leafCount[leaf]).toBe(of.length)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('gives a leaf the value that its rows say', async () => {
    const columns = makeColumns(2000, 5)
    const hessian = (row: number) => 0.5 + noise(77, row)
    const parameters = { lambda_l1: 0.7, lambda_l2: 3, min_data_in_leaf: 10 }
    const { tree, rows, gradients } = await grow(columns, makeTarget(columns, 1), { parameters, hessian })
    expect(tree.numLeaves).toBe(31)
    for (const [leaf, of] of rows.entries()) {
      const gradient = of.reduce((sum, row) => sum + gradients[row]!, 0)
      const weight = of.reduce((sum, row) => sum + Math.fround(hessian(row)), 0)
      const expected = (-Math.sign(gradient) * Math.max(0, Math.abs(gradient) - 0.7)) / (weight + 3)
      // Sums of 2000 doubles in another order, of which histograms subtract: a few hundred ulps.
      expect(Math.abs(tree.leafValue[leaf]! - expected)).toBeLessThan(1e-12)
      expect(Math.abs(tree.leafWeight[leaf]! - weight) / weight).toBeLessThan(1e-12)
    }
  })

  it('a bundle of columns that are never set together gives the tree that they give alone', async () => {
    const rows = 5000
    const kinds = Array.from({ length: rows }, (_, i) => Math.floor(noise(8, i) * 9))
    const oneHot = Array.from({ length: 9 }, (_, k) => kinds.map((kind) => (kind === k ? 1 : 0)))
    const sparse = kinds.map((kind, i) => (kind === 4 ? noise(6, i) : 0))
    const columns = [...makeColumns(rows, 12), ...oneHot, sparse]
    const target = makeTarget(columns, 2).map(
      (y, i) => y + [3, 0, 1, 0, 2 * sparse[i]!, 0, 0, 2, 0][kinds[i]!]!,
    )
    const alone = await grow(columns, target)
    expect(new Set([...alone.tree.splitFeature].filter((j) => j >= 11)).size).toBeGreaterThan(2)
    const bundles = [
      [11, 12, 13, 14, 16, 20],
      [17, 18, 19],
    ]
    expect(await grow(columns, target, { bundles })).toEqual(alone)
  })

  it('gives columns that alone may be split the tree that they give without the others', async () => {
    const columns = makeColumns(3000, 21)
    const target = makeTarget(columns, 4)
    for (const used of [[1], [1, 2], [0, 1, 2], [2, 8, 10]]) {
      const { tree, ...rest } = await grow(columns, target, { used })
      const few = await grow(
        used.map((column) => columns[column]!),
        target,
      )
      expect(rest).toEqual({ rows: few.rows, gradients: few.gradients })
      const splitFeature = few.tree.splitFeature.map((place) => used[place]!)
      expect(tree).toEqual({ ...few.tree, splitFeature })
    }
  })

  it('keeps monotone features monotone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 500 }), fc.constantFrom(-1, 1), async (seed, sign) => {
        const columns = makeColumns(600, seed)
        const target = columns[0]!.map((x, i) => Math.sin(9 * x) + columns[6]![i]!)
        const parameters = {
          monotone_constraints: [sign, ...new Array<number>(10).fill(0)],
          min_data_in_leaf: 5,
        }
        const { tree } = await grow(columns, target, { parameters })
        for (let row = 0; row < 40; row++) {
          const grid = Array.from({ length: 60 }, (_, k) => k / 60)
          const scan = columns.map((column, j) => (j === 0 ? grid : new Array<number>(60).fill(column[row]!)))
          const values = grid.map((_, k) => sign * tree.leafValue[leafOf(tree, scan, k)]!)
          expect(values).toEqual(values.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('refuses categories whose sets would be huge', async () => {
    const column = (largest: number) =>
      Array.from({ length: 300 }, (_, i) => (i % 6 === 0 ? 0 : largest - (i % 6)))
    const target = column(0)
    const options = { categorical: [0], parameters: { min_data_per_group: 1, cat_smooth: 1 } }
    const { tree } = await grow([column(2 ** 26)], target, options)
    expect(tree.catThreshold.length).toBeGreaterThanOrEqual(2 ** 21)
    await expect(grow([column(2e9)], target, options)).rejects.toThrow(
      'column 0 has category 1999999999; at most 67108863 can be had: renumber',
    )
  })

  it('is a constant where no split is worth making', async () => {
    const columns = [Array.from({ length: 100 }, (_, i) => i)]
    const { tree, rows } = await grow(columns, new Array<number>(100).fill(2))
    expect(tree.numLeaves).toBe(1)
    expect(tree.leafValue[0]).toBe(2)
    expect(rows[0]).toHaveLength(100)
  })
})
