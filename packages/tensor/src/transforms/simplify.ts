import { SymbolicDim } from '../core/dim'
import type { Graph, Node } from '../core/graph'
import type { Primitive } from '../core/primitive'
import { broadcastShapes, equalShapes } from '../core/shape'
import { Tensor } from '../core/tensor'
import { broadcastToPrimitive } from '../primitives/broadcast-to'
import { ancestors } from './grad'

/**
 * The same function with less work: equal subexpressions once, neutral operations dropped, broadcasts that the
 * next op does by itself dropped, constants that repeat one number reduced to it, transposes read by a matrix product instead of made, dead code removed.
 */
export function simplify(graph: Graph): Graph {
  const result: Graph = { level: graph.level, nodes: [], inputs: [], outputs: [] }
  const renamed = new Map<Node, Node>()
  const seen = new Map<string, Node>()
  const ids = new Map<Node, number>()
  const add = (node: Node): Node => {
    ids.set(node, ids.size)
    result.nodes.push(node)
    return node
  }
  const keep = (node: Node): Node => {
    if (ids.has(node)) return node
    const key = keyOf(node, ids)
    const known = key === undefined ? undefined : seen.get(key)
    const kept = known ?? add(node)
    if (key !== undefined) seen.set(key, kept)
    return kept
  }
  for (const node of graph.inputs) {
    const input = add({ ...node, graph: result })
    result.inputs.push(input)
    renamed.set(node, input)
  }
  const live = ancestors(graph.outputs)
  for (const node of graph.nodes) {
    if (!live.has(node) || node.kind === 'input') continue
    const moved: Node = { ...node, graph: result, inputs: node.inputs.map((input) => renamed.get(input)!) }
    renamed.set(node, keep(isUniform(moved) ? broadcastOf(moved, keep(elementOf(moved))) : rewrite(moved)))
  }
  result.outputs = graph.outputs.map((output) => renamed.get(output)!)
  const used = ancestors(result.outputs)
  return { ...result, nodes: result.nodes.filter((node) => node.kind === 'input' || used.has(node)) }
}

/**
 * A constant that repeats one number, such as the ones that the gradient of a sum starts from. Most ops broadcast
 * its one element by themselves, so the rest need be neither stored nor read.
 */
function isUniform({ kind, value }: Node): boolean {
  if (kind !== 'constant' || value!.node || value!.data.length < 2) return false
  const [first] = value!.data
  return value!.data.every((element) => Object.is(element, first))
}

const elementOf = (node: Node): Node => ({
  ...node,
  shape: [],
  value: Tensor.fromData(node.value!.data.slice(0, 1), [], node.dtype),
})

const broadcastOf = ({ graph, shape, dtype }: Node, element: Node): Node => ({
  graph,
  shape,
  dtype,
  kind: 'op',
  primitive: broadcastToPrimitive as unknown as Primitive,
  inputs: [element],
  params: { shape },
})

/** What makes two nodes the same value; `undefined` for large constants, which are told apart by identity. */
function keyOf(node: Node, ids: ReadonlyMap<Node, number>): string | undefined {
  if (node.kind === 'constant') {
    const value = node.value!
    if (value.node || value.data.length > 16) return undefined
    return `constant ${value.dtype} [${value.shape}] ${[...value.data].map((v) => (Object.is(v, -0) ? '-0' : v))}`
  }
  const params = JSON.stringify(node.params, (_, value) => {
    if (value instanceof SymbolicDim) return `dim ${value}`
    // JSON has neither −0 nor what is not finite.
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
    return Object.is(value, -0) ? '-0' : value
  })
  return `${node.primitive!.name} ${node.dtype} (${node.inputs.map((input) => ids.get(input))}) ${params}`
}

type Rule = (node: Node) => Node | undefined

const isFilledWith = (node: Node, value: number): boolean =>
  node.kind === 'constant' &&
  !node.value!.node &&
  node.value!.data.length === 1 &&
  node.value!.data[0] === value

/** Drops an op whose operand `i` is the neutral element, when the other operand has the result's shape already. */
const neutral =
  (value: number, positions: readonly number[]): Rule =>
  (node) => {
    const at = positions.find((i) => isFilledWith(node.inputs[i]!, value))
    const other = at === undefined ? undefined : node.inputs[1 - at]!
    return other && equalShapes(other.shape, node.shape) ? other : undefined
  }

/** Uses the operand of a broadcast directly where the op broadcasts by itself to the same result. */
const skipBroadcasts: Rule = (node) => {
  let inputs = node.inputs
  inputs.forEach((input, i) => {
    if (input.primitive?.name !== 'broadcastTo') return
    const candidate = inputs.map((other, j) => (i === j ? input.inputs[0]! : other))
    const shape = broadcastShapes(node.primitive!.name, ...candidate.map((operand) => operand.shape))
    if (equalShapes(shape, node.shape)) inputs = candidate
  })
  return inputs === node.inputs ? undefined : { ...node, inputs }
}

const readTransposed: Rule = (node) => {
  const flags = ['transposeA', 'transposeB'] as const
  const params: Record<string, unknown> = { ...node.params }
  const inputs = node.inputs.map((input, i) => {
    if (!swapsLastTwo(input)) return input
    params[flags[i]!] = !params[flags[i]!]
    return input.inputs[0]!
  })
  return inputs.some((input, i) => input !== node.inputs[i]) ? { ...node, inputs, params } : undefined
}

const swapsLastTwo = (node: Node): boolean => {
  if (node.primitive?.name !== 'transpose') return false
  const order = node.params.permutation as readonly number[]
  const last = order.length - 1
  return order.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i))
}

const undo =
  (name: string): Rule =>
  (node) =>
    node.inputs[0]!.primitive?.name === name ? node.inputs[0]!.inputs[0] : undefined

const once: Rule = (node) => {
  const inner = node.inputs[0]!
  if (inner.primitive?.name !== 'reshape') return undefined
  const source = inner.inputs[0]!
  return equalShapes(source.shape, node.shape) ? source : { ...node, inputs: [source] }
}

const rules: Readonly<Record<string, readonly Rule[]>> = {
  add: [neutral(0, [0, 1]), skipBroadcasts],
  sub: [neutral(0, [1]), skipBroadcasts],
  mul: [neutral(1, [0, 1]), skipBroadcasts],
  div: [neutral(1, [1]), skipBroadcasts],
  maximum: [skipBroadcasts],
  minimum: [skipBroadcasts],
  less: [skipBroadcasts],
  lessEqual: [skipBroadcasts],
  equal: [skipBroadcasts],
  where: [skipBroadcasts],
  neg: [undo('neg')],
  reshape: [once],
  stopGradient: [(node) => node.inputs[0]],
  matmul: [readTransposed],
}

/** Applies rules until none holds or the result is a node that is in the graph already. */
function rewrite(node: Node): Node {
  for (const rule of rules[node.primitive?.name ?? ''] ?? []) {
    const replaced = rule(node)
    if (!replaced) continue
    const isNew = replaced.primitive === node.primitive && !node.inputs.includes(replaced)
    return isNew ? rewrite(replaced) : replaced
  }
  return node
}
