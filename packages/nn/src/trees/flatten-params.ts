import { Tensor } from '@prefkit/tensor'
import { NnError } from '../nn-error'

/**
 * The tensors of a tree by dotted name, such as `layers.0.weight`, in the order in which the tree was written. What
 * is `null` or `undefined` is left out.
 * @throws NnError `TREE_MISMATCH` for a tree that is a single tensor, a key that is empty or has a dot, and what is
 *   neither a tensor nor a plain object or array.
 */
export function flattenParams(params: unknown): Record<string, Tensor> {
  if (Tensor.isTensor(params)) {
    throw new NnError('TREE_MISMATCH', 'params: expected an object or an array, got a single tensor')
  }
  return Object.fromEntries(entriesOf(params, []))
}

function entriesOf(tree: unknown, path: readonly string[]): [name: string, tensor: Tensor][] {
  if (Tensor.isTensor(tree)) return [[path.join('.'), tree]]
  if (tree === null || tree === undefined) return []
  if (Array.isArray(tree)) return tree.flatMap((item, i) => entriesOf(item, [...path, `${i}`]))
  const place = path.join('.') || 'params'
  if (typeof tree !== 'object' || ![Object.prototype, null].includes(Object.getPrototypeOf(tree))) {
    throw new NnError('TREE_MISMATCH', `${place}: expected a tensor, a plain object or an array, got ${tree}`)
  }
  return Object.entries(tree).flatMap(([key, value]) => {
    if (key !== '' && !key.includes('.')) return entriesOf(value, [...path, key])
    throw new NnError(
      'TREE_MISMATCH',
      `${place}: a key may not be empty or have a dot, got ${JSON.stringify(key)}`,
    )
  })
}
