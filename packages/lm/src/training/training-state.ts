import { readTree, Tensor, type Tree, treeEntries, treeMap } from '@prefkit/tensor'
import { LmError } from '../lm-error'
import type { Weights } from '../models/weights'

/** Where training stands, with all that is needed to go on exactly as if it had never stopped. */
export interface TrainingState {
  /** Updates made. */
  readonly step: number
  /** Passes that gradients were taken of, where they are counted for themselves. */
  readonly passes?: number
  /** The values of what trains, by name. */
  readonly trained: Weights
  /** The optimiser's state, by the places of its tensors. */
  readonly optimizer: Readonly<Record<string, Tensor>>
}

/** Elements of their own: what a compiled step uses up must not be somebody else's. */
const copied = (leaf: Tensor): Tensor => Tensor.fromData(leaf.data.slice(), leaf.dims, leaf.dtype)

/** A tree with elements of its own, here. */
export const copyTree = <T>(tree: T): T => treeMap(copied, tree)

/** The same of one that may be on a device. */
export const readCopy = async <T>(tree: T): Promise<T> => copyTree(await readTree(tree))

/** The tensors of a tree by their places. */
export const namedLeaves = (tree: Tree): Record<string, Tensor> => Object.fromEntries(treeEntries(tree))

/**
 * A tree like `like`, of copies of tensors by their places.
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` naming the first that does not fit.
 */
export function fromNamed<T>(like: T, named: Readonly<Record<string, Tensor>>, owner: string): T {
  const known = new Set(treeEntries(like).map(([path]) => path))
  const extra = Object.keys(named).find((path) => !known.has(path))
  if (extra !== undefined) {
    throw new LmError('TENSOR_MISMATCH', `${owner}: ${extra}: expected no tensor of this name`)
  }
  return treeMap(({ shape, dtype }, path) => {
    const found = named[path]
    if (!found) throw new LmError('MISSING_TENSOR', `${owner}: expected a tensor ${path}, got none`)
    if (`${found.shape}` === `${shape}` && found.dtype === dtype) return copied(found)
    const got = `${found.dtype} [${found.shape}]`
    throw new LmError('TENSOR_MISMATCH', `${owner}: ${path}: expected ${dtype} [${shape}], got ${got}`)
  }, like)
}
