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

/** Most ops that are computed one inside the other: bounds what a compiler of shaders is given. */
const deepest = 64

/**
 * Which nodes get a kernel of their own; every other is computed inside the kernels that use it. A node is given one when it
 * is an output, an operand of a product (read very often), a product or another op with a loop that would run inside a
 * loop, when its users would compute it more often than it is worth, or when their kernels would read too many arrays.
 * @param nodes in an order in which they can be computed; those without a form are in memory already.
 * @param standing nodes whose elements are wanted in memory.
 * @param arrays most arrays that a kernel reads.
 */
export function chooseKernels(
  nodes: readonly GpuNode[],
  standing: ReadonlySet<GpuNode>,
  arrays: number,
): ReadonlySet<GpuNode> {
  const kernels = choose(nodes, standing)
  bound(nodes, kernels, arrays)
  return kernels
}

/** What computing elements anew costs, from the results back to what they are made of. */
function choose(nodes: readonly GpuNode[], standing: ReadonlySet<GpuNode>): Set<GpuNode> {
  const kernels = new Set<GpuNode>()
  const uses = new Map<GpuNode, Use[]>()
  for (const node of nodes.toReversed()) {
    if (!node.form) continue
    const own = uses.get(node) ?? []
    const root = standing.has(node) || mustStand(node, own)
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

/** What computing a node inside another takes. */
interface Extent {
  readonly arrays: ReadonlySet<GpuNode>
  readonly depth: number
}

/** Gives kernels to parts of those that would read more arrays, or be deeper, than allowed. */
function bound(nodes: readonly GpuNode[], kernels: Set<GpuNode>, arrays: number): void {
  const extents = new Map<GpuNode, Extent>()
  const extentOf = (node: GpuNode): Extent =>
    kernels.has(node) || !node.form ? inMemory(node) : extents.get(node)!
  for (const node of nodes) {
    if (!node.form) continue
    for (;;) {
      const extent = joined(node.inputs.map(extentOf))
      extents.set(node, extent)
      if (extent.arrays.size <= arrays && extent.depth <= deepest) break
      const parts = node.inputs.filter((input) => input.form && !kernels.has(input))
      if (parts.length === 0) break
      kernels.add(parts.reduce((a, b) => (weightOf(extentOf(b)) > weightOf(extentOf(a)) ? b : a)))
    }
  }
}

const weightOf = ({ arrays, depth }: Extent): number => arrays.size + depth / deepest

const inMemory = (node: GpuNode): Extent => ({
  arrays: new Set(node.isNumber || node.data?.length === 1 ? [] : [node]),
  depth: 0,
})

const joined = (extents: readonly Extent[]): Extent => ({
  arrays: new Set(extents.flatMap((extent) => [...extent.arrays])),
  depth: 1 + Math.max(0, ...extents.map(({ depth }) => depth)),
})
