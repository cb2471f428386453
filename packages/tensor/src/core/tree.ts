import { TensorError } from './errors'
import { Tensor } from './tensor'

/**
 * Tensors in plain nested objects and arrays: how parameters, optimiser states and batches are passed. Objects
 * are walked in the sorted order of their keys, so the order in which they were written does not matter.
 */
export type Tree = Tensor | null | undefined | readonly Tree[] | { readonly [key: string]: Tree }

type Walk = (leaf: Tensor, path: string) => unknown

function walk(tree: unknown, path: string, visit: Walk): unknown {
  if (Tensor.isTensor(tree)) return visit(tree, path)
  if (tree === null || tree === undefined) return tree
  if (Array.isArray(tree)) return tree.map((item, i) => walk(item, `${path}[${i}]`, visit))
  if (typeof tree === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(tree))) {
    const entries = Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return Object.fromEntries(
      entries.map(([key, value]) => [key, walk(value, path ? `${path}.${key}` : key, visit)]),
    )
  }
  const got =
    typeof tree === 'object' ? (tree.constructor?.name ?? 'an object') : `${typeof tree} ${String(tree)}`
  throw new TensorError(
    'INVALID_ARGUMENT',
    `${path || 'tree'}: expected tensors in plain objects and arrays, got ${got}`,
  )
}

/** The tensors of a tree with their paths (`layers[0].weight`), in order. */
export function treeEntries(tree: unknown): [path: string, leaf: Tensor][] {
  const entries: [string, Tensor][] = []
  walk(tree, '', (leaf, path) => {
    entries.push([path, leaf])
    return null
  })
  return entries
}

/** The tensors of a tree, in order. */
export const treeLeaves = (tree: unknown): Tensor[] => treeEntries(tree).map(([, leaf]) => leaf)

/** A tree of the same structure with each tensor replaced; `path` is like `layers[0].weight`. */
export function treeMap<T>(fn: (leaf: Tensor, path: string) => Tensor, tree: T): T {
  return walk(tree, '', fn) as T
}

/** A tree like `tree` with its leaves taken from `leaves`, in order. */
export function treeUnflatten<T>(tree: T, leaves: readonly Tensor[]): T {
  let next = 0
  const result = treeMap(() => leaves[next++]!, tree)
  if (next !== leaves.length) {
    throw new TensorError('INVALID_ARGUMENT', `tree: it has ${next} tensors, ${leaves.length} were given`)
  }
  return result
}

/**
 * The tree with every tensor's elements here; what is on a device is copied, and stays there too.
 * @throws TensorError `ON_DEVICE` when some have been released or donated.
 */
export async function readTree<T>(tree: T): Promise<T> {
  return treeUnflatten(tree, await Promise.all(treeLeaves(tree).map((leaf) => leaf.read())))
}

/** Frees what the tensors of a tree hold on a device. */
export function releaseTree(tree: unknown): void {
  for (const leaf of treeLeaves(tree)) leaf.release()
}

/**
 * Combines trees leaf by leaf, as `treeMap` does for one.
 * @throws TensorError `SHAPE_MISMATCH` naming the first path that is not in both.
 */
export function treeZip<T>(fn: (a: Tensor, b: Tensor, path: string) => Tensor, a: T, b: unknown): T {
  const others = new Map(treeEntries(b))
  const count = others.size
  let used = 0
  const result = treeMap((leaf, path) => {
    const other = others.get(path)
    if (!other)
      throw new TensorError('SHAPE_MISMATCH', `tree: ${path || 'the root'} is missing in the second tree`)
    used++
    return fn(leaf, other, path)
  }, a)
  if (used !== count)
    throw new TensorError('SHAPE_MISMATCH', `tree: the second tree has ${count - used} more tensors`)
  return result
}

/** The structure of a tree, for comparing and as a cache key: paths, dtypes and shapes are left out. */
export function treeStructure(tree: unknown): string {
  if (Tensor.isTensor(tree)) return '*'
  if (tree === null || tree === undefined) return String(tree)
  if (Array.isArray(tree)) return `[${tree.map(treeStructure).join(',')}]`
  const entries = Object.entries(tree as object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${treeStructure(value)}`).join(',')}}`
}
