import type { TypedArray } from '../core/dtype'
import type { ConcreteShape } from '../core/shape'
import type { ElementCode, GpuForm, GpuValue } from './form'

/** Static arguments of an op, every dimension a number. */
export type Params = Readonly<Record<string, unknown>>

/** A value of one call: what kernels compute, or read. */
export interface GpuNode extends GpuValue {
  /** The primitive it comes from. */
  readonly name: string
  readonly inputs: readonly GpuNode[]
  readonly params: Params
  /** How it is computed; what is read from memory has none. */
  readonly form?: Omit<GpuForm<Params>, 'before' | 'element'> & { readonly element: ElementCode<Params> }
  /** One number that the host has at each call, and kernels take as an argument. */
  readonly isNumber?: true
  /** Of a constant: its elements. */
  readonly data?: TypedArray
}

/** The only element of a constant of one element. */
export const literalOf = ({ data }: GpuNode): number | undefined => (data?.length === 1 ? data[0] : undefined)

/** The node in whose memory the elements of this one are, in the same order. */
export const storageOf = (node: GpuNode): GpuNode => (node.form?.inPlace ? storageOf(node.inputs[0]!) : node)

/** The same shape, sizes of 1 apart: then the elements are in the same order. */
export const sameOrder = (a: ConcreteShape, b: ConcreteShape): boolean =>
  a.filter((size) => size !== 1).join() === b.filter((size) => size !== 1).join()
