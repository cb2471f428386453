import type { TypedArray } from '../core/dtype'
import type { ConcreteShape } from '../core/shape'
import type { GpuForm, GpuValue } from './form'

/** Static arguments of a form, every dimension a number. */
type Params = Readonly<Record<string, unknown>>

/** A value of one call: what kernels compute, or read. */
export interface GpuNode extends GpuValue {
  /** The primitive it comes from, for messages. */
  readonly name: string
  /** What is read from memory has none. */
  readonly form?: GpuForm<Params>
  readonly inputs: readonly GpuNode[]
  readonly params: Params
  /** Of a constant: its elements. */
  readonly data?: TypedArray
  /** Where in the result an element of operand `i` is used. */
  readonly reads: Reads
}

/**
 * How an op reads its operands, which decides what may be computed in one kernel with it: `each` element at the place
 * of the result it is for (broadcast at most), `moved` each once but elsewhere, `many` several for one result.
 */
export type Reads = 'each' | 'moved' | 'many'

const moving = ['broadcastTo', 'concat', 'flip', 'pad', 'reshape', 'slice', 'transpose']
const folding = [
  'argMax',
  'argSort',
  'cumsum',
  'gather',
  'gatherElements',
  'matmul',
  'reduceMax',
  'reduceSum',
  'scatterAdd',
  'scatterAddElements',
]

/** How the primitive of this name reads its operands. */
export const readsOf = (name: string): Reads =>
  moving.includes(name) ? 'moved' : folding.includes(name) ? 'many' : 'each'

/** The only element of a constant of one element. */
export const literalOf = ({ data }: GpuNode): number | undefined => (data?.length === 1 ? data[0] : undefined)

/** The node in whose memory the elements of this one are, in the same order. */
export function storageOf(node: GpuNode): GpuNode {
  const inPlace = node.form && (node.name === 'reshape' || node.name === 'stopGradient')
  return inPlace ? storageOf(node.inputs[0]!) : node
}

/** The same shape, sizes of 1 apart: then the elements are in the same order. */
export const sameOrder = (a: ConcreteShape, b: ConcreteShape): boolean =>
  a.filter((size) => size !== 1).join() === b.filter((size) => size !== 1).join()
