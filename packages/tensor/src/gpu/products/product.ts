import { lengthOf } from '../../core/shape'
import type { GpuNode } from '../graph'

/** A product of matrices, or a batch of them: `C = op(A) op(B)`, C of m rows and n columns, all row-major. */
export interface Product {
  readonly m: number
  readonly k: number
  readonly n: number
  /** A is stored as k rows of m. */
  readonly transposeA: boolean
  /** B is stored as n rows of k. */
  readonly transposeB: boolean
  readonly batch: number
  /** Elements from one A of the batch to the next; 0 when they share one. */
  readonly strideA: number
  readonly strideB: number
}

/** Fewer multiplications than this are not worth a kernel that does several results at once. */
const least = 2 ** 14

/** The product that a node is, when it is one that a kernel of its own is worth. */
export function productOf(node: GpuNode): Product | undefined {
  if (node.name !== 'matmul' || !node.form) return undefined
  const [a, b] = node.inputs as [GpuNode, GpuNode]
  const { transposeA, transposeB } = node.params as { transposeA: boolean; transposeB: boolean }
  const [m, n] = node.shape.slice(-2) as [number, number]
  const k = a.shape.at(transposeA ? -2 : -1)!
  const batch = lengthOf(node.shape.slice(0, -2))
  const [strideA, strideB] = [strideOf(a, batch), strideOf(b, batch)]
  if (strideA === undefined || strideB === undefined || m < 4 || n < 4 || m * n * k < least) return undefined
  return { m, k, n, transposeA, transposeB, batch, strideA, strideB }
}

/** The stride of an operand over the batch, unless it is broadcast along some axes of it only. */
function strideOf({ shape }: GpuNode, batch: number): number | undefined {
  const own = lengthOf(shape.slice(0, -2))
  if (own === 1) return 0
  return own === batch ? lengthOf(shape.slice(-2)) : undefined
}

/** 0, 1, …, count − 1. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
