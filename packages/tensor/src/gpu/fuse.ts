import { lengthOf } from '../core/shape'
import type { GpuCost, Reads } from './form'
import { type GpuNode, sameOrder } from './graph'

/** How often a value may be computed anew, per element, before it is worth a kernel and memory of its own. */
const recomputations: Readonly<Record<GpuCost, number>> = {
  nothing: Number.POSITIVE_INFINITY,
  cheap: 2,
  dear: 1,
}

const limitOf = ({ form }: GpuNode): number => recomputations[form?.cost ?? 'cheap']

/** One place a node is computed for: in the kernel of `root`, at the positions that `token` stands for. */
interface Use {
  readonly root: GpuNode
  /** Equal where the node is wanted at the same position as another op is, and computed once for both. */
  readonly token: object
  /** How often its element function runs. */
  readonly runs: number
  /** Runs within a loop of the kernel. */
  readonly inLoop: boolean
}

/** Ops that loop over their operands. */
const loops = ({ form }: GpuNode): boolean => form?.reads === 'folded' || form?.reads === 'often'

/**
 * Which nodes get a kernel of their own; every other is computed inside the kernels that use it. A node is given one when it
 * is an output, an operand of a product (read very often), a product or another op with a loop that would run inside a
 * loop, or when its users would compute it more often than it is worth.
 * @param nodes in an order in which they can be computed; those without a form are in memory already.
 * @param outputs nodes whose elements are wanted in memory.
 * @param arrays most arrays that a kernel reads.
 */
export function chooseKernels(
  nodes: readonly GpuNode[],
  outputs: ReadonlySet<GpuNode>,
  arrays: number,
): ReadonlySet<GpuNode> {
  const forced = new Set<GpuNode>(outputs)
  for (;;) {
    const kernels = choose(nodes, forced)
    const crowded = [...kernels].find((root) => arraysOf(root, kernels).size > arrays)
    if (!crowded) return kernels
    forced.add(heaviestPart(crowded, kernels, arrays))
  }
}

function choose(nodes: readonly GpuNode[], forced: ReadonlySet<GpuNode>): Set<GpuNode> {
  const kernels = new Set<GpuNode>()
  const uses = new Map<GpuNode, Use[]>()
  for (const node of nodes.toReversed()) {
    if (!node.form) continue
    const own = uses.get(node) ?? []
    const root = forced.has(node) || mustStand(node, own)
    if (root) kernels.add(node)
    else if (own.length === 0) continue
    const here = root ? [{ root: node, token: {}, runs: lengthOf(node.shape), inLoop: false }] : own
    node.inputs.forEach((input) => {
      const known = uses.get(input) ?? []
      const passed = here.map((use) => passOn(node, input, use))
      const isNew = (use: Use) => !known.some(({ token }) => token === use.token)
      uses.set(input, [...known, ...passed.filter(isNew)])
    })
  }
  return kernels
}

/** What an operand is wanted for, where the node is wanted for `use`. */
function passOn(node: GpuNode, input: GpuNode, { root, token, runs, inLoop }: Use): Use {
  const { reads = 'each' } = node.form!
  const same = reads === 'each' && sameOrder(node.shape, input.shape)
  return {
    root,
    token: same ? token : {},
    runs: runs * readsPerResult[reads](node),
    inLoop: inLoop || loops(node),
  }
}

/** How many elements of an operand one result is made of. */
const readsPerResult: Readonly<Record<Reads, (node: GpuNode) => number>> = {
  each: () => 1,
  moved: () => 1,
  folded: ({ inputs, shape }) => lengthOf(inputs[0]!.shape) / (lengthOf(shape) || 1),
  often: () => Number.POSITIVE_INFINITY,
}

function mustStand(node: GpuNode, uses: readonly Use[]): boolean {
  if (uses.length === 0) return false
  if (loops(node) && uses.some(({ inLoop }) => inLoop)) return true
  const runs = uses.reduce((sum, use) => sum + use.runs, 0)
  return runs > limitOf(node) * (lengthOf(node.shape) || 1)
}

/** What the kernel of `root` reads from memory. */
function arraysOf(root: GpuNode, kernels: ReadonlySet<GpuNode>): Set<GpuNode> {
  const arrays = new Set<GpuNode>()
  const seen = new Set<GpuNode>()
  const visit = (node: GpuNode) => {
    if (seen.has(node)) return
    seen.add(node)
    if (node !== root && (!node.form || kernels.has(node))) {
      if (node.data?.length !== 1 && !node.isNumber) arrays.add(node)
      return
    }
    node.inputs.forEach(visit)
  }
  visit(root)
  return arrays
}

/** The part of a kernel that reads most arrays, but no more than allowed. */
function heaviestPart(root: GpuNode, kernels: ReadonlySet<GpuNode>, arrays: number): GpuNode {
  let best: GpuNode | undefined
  let most = 1
  const visit = (node: GpuNode) => {
    if (!node.form || (node !== root && kernels.has(node))) return
    node.inputs.forEach(visit)
    const count = arraysOf(node, kernels).size
    if (node !== root && count <= arrays && count > most) [best, most] = [node, count]
  }
  visit(root)
  if (best) return best
  throw new Error(`gpu: ${root.name}: reads more than ${arrays} arrays`)
}
