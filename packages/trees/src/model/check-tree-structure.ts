import { invalidModel } from './model-error'
import type { Field } from './read-numbers'
import type { Tree } from './tree'

type Children = Pick<Tree, 'numLeaves' | 'leftChild' | 'rightChild'>

const nameOf = (child: number): string => (child >= 0 ? `node ${child}` : `leaf ${~child} (${child})`)

/**
 * Throws `INVALID_MODEL` unless each node but the root and each leaf hangs below the root, once: no cycles, nothing left
 * out. Children are in range already.
 */
export function checkTreeStructure(tree: Children, left: Field, right: Field): void {
  const nodes = tree.numLeaves - 1
  const seen = new Uint8Array(nodes + tree.numLeaves)
  const pending = nodes > 0 ? [0] : []
  let reached = 0
  while (pending.length > 0) {
    const node = pending.pop()!
    for (const [field, children] of [
      [left, tree.leftChild],
      [right, tree.rightChild],
    ] as const) {
      const child = children[node]!
      const place = child >= 0 ? child : nodes + ~child
      if (child === 0 || seen[place] === 1) {
        const message = `${field.key}[${node}] is ${nameOf(child)}, which is reached a second time; expected each node and leaf once below node 0`
        throw invalidModel(field.line, message)
      }
      seen[place] = 1
      reached += 1
      if (child >= 0) pending.push(child)
    }
  }
  if (reached === 2 * nodes) return
  const missing = seen.findIndex((one, place) => place > 0 && one === 0)
  const name = missing < nodes ? `node ${missing}` : `leaf ${missing - nodes}`
  throw invalidModel(left.line, `${name} is no node's child; expected each node and leaf below node 0`)
}
