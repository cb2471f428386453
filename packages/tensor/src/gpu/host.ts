import { type DimBindings, evaluateDim } from '../core/dim'
import type { Graph, Node } from '../core/graph'
import { type ConcreteShape, lengthOf } from '../core/shape'

/** What the host computes before the kernels run. */
export interface HostPart {
  /** In this order. */
  readonly order: readonly Node[]
  /** Of these, the ones whose results kernels read, rather than compute again. */
  readonly uploaded: ReadonlySet<Node>
}

/**
 * The ops that the reference computes.
 * - Those on whole numbers that the host knows, where they are no larger than their operands, are random words, are given
 *   out or are indices: a kernel's numbers are f32, exact up to 2²⁴ only, and keys, hashes and counters need 32 bits.
 * - Those on single numbers that the host knows, such as Adam's corrections by the count of steps: a kernel for one number
 *   costs as much as one for thousands, and a number that the host has is an argument of the kernels that use it.
 * - Those of tensors without elements.
 */
export function hostNodes(graph: Graph, shapeOf: (node: Node) => ConcreteShape): HostPart {
  const known = new Set<Node>()
  const uploaded = new Set<Node>()
  const size = (node: Node) => lengthOf(shapeOf(node))
  for (const node of graph.nodes) {
    // An op of nothing, whatever it is: the empty sum, padding.
    const ofNothing =
      size(node) > 0 && node.inputs.length > 0 && node.inputs.every((input) => size(input) === 0)
    if (ofNothing) uploaded.add(node)
    if (!isKnown(node, known)) continue
    known.add(node)
    if (node.kind !== 'op' || node.inputs.length === 0) continue
    const whole = [node, ...node.inputs].some(({ dtype }) => dtype === 'i32')
    const grows = size(node) > node.inputs.reduce((sum, input) => sum + size(input), 0)
    const needsBits = whole && (!grows || node.primitive!.name === 'randomBits')
    if (needsBits || isSingle(node)) uploaded.add(node)
  }
  // What is given out needs all its bits, and what is used as an index is checked.
  for (const node of [...graph.outputs, ...graph.nodes.flatMap((user) => indicesOf(user) ?? [])]) {
    if (node.kind === 'op' && known.has(node) && node.dtype === 'i32') uploaded.add(node)
  }
  const needed = new Set<Node>()
  const need = (node: Node) => {
    if (node.kind !== 'op' || needed.has(node) || size(node) === 0) return
    needed.add(node)
    node.inputs.forEach(need)
  }
  uploaded.forEach(need)
  return { order: graph.nodes.filter((node) => needed.has(node)), uploaded }
}

/** The first `randomBits` whose key the host does not have. */
export function wordsOfDevice(graph: Graph): Node | undefined {
  const known = new Set<Node>()
  for (const node of graph.nodes) if (isKnown(node, known)) known.add(node)
  return graph.nodes.find((node) => node.primitive?.name === 'randomBits' && !known.has(node))
}

/** One number, whatever sizes the symbolic dimensions have. */
const isSingle = ({ shape }: Node): boolean => shape.every((dim) => dim === 1)

/** Whole numbers and truth values that the host has, what casts make of them, and what single numbers come to. */
function isKnown(node: Node, known: ReadonlySet<Node>): boolean {
  const whole = node.dtype === 'i32' || node.dtype === 'bool'
  if (node.kind !== 'op') return whole || (node.kind === 'constant' && isSingle(node))
  const may = whole || isSingle(node) || node.primitive!.name === 'cast'
  return may && node.inputs.every((input) => known.has(input))
}

/** The indices that an op reads. */
function indicesOf({ primitive, inputs }: Node): Node | undefined {
  const place = indexOperands[primitive?.name ?? '']?.operand
  return place === undefined ? undefined : inputs[place]
}

/** Which operand of an op holds indices, and what the op is called where it is used. */
const indexOperands: Readonly<Record<string, { readonly operand: number; readonly op: string }>> = {
  gather: { operand: 1, op: 'take' },
  gatherElements: { operand: 1, op: 'takeAlongAxis' },
  scatterAdd: { operand: 0, op: 'scatterAdd' },
  scatterAddElements: { operand: 0, op: 'scatterAddElements' },
}

/** The indices that the host knows, with the size of the axis that they point into. */
export function indexSources(
  graph: Graph,
  host: HostPart,
  bindings: DimBindings,
  shapeOf: (node: Node) => ConcreteShape,
): { op: string; node: Node; size: number }[] {
  return graph.nodes.flatMap((node) => {
    const source = indicesOf(node)
    const isThere = source && (source.kind !== 'op' || host.uploaded.has(source))
    if (!isThere || lengthOf(shapeOf(source)) === 0) return []
    const { op } = indexOperands[node.primitive!.name]!
    const axis = node.params.axis as number
    const along = op.startsWith('take') ? node.inputs[0]!.shape[axis]! : node.shape[axis]!
    return [{ op, node: source, size: evaluateDim(along, bindings) }]
  })
}
