import type { Dim } from '../core/dim'
import { equalDims } from '../core/dim'
import { broadcastStrides, real, requireSameDType, sumToShape, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import { bind, type Concrete, type Primitive } from '../core/primitive'
import { requireOptions } from '../core/require-options'
import { broadcastShapes, formatShape, lengthOf, type Shape } from '../core/shape'
import { asTensor, commonDtype, type Tensor, type TensorLike } from '../core/tensor'
import type { Int } from '../gpu/form'
import { expandDims, squeeze } from './reshape'

/** Which operands are read with their last two axes exchanged, without a copy. */
export type MatmulParams = { readonly transposeA: boolean; readonly transposeB: boolean }

const matrix = (shape: Shape, transposed: boolean): [rows: Dim, columns: Dim] => {
  const [rows, columns] = shape.slice(-2) as [Dim, Dim]
  return transposed ? [columns, rows] : [rows, columns]
}

export const matmulPrimitive: Primitive<MatmulParams> = {
  name: 'matmul',
  infer([a, b], { transposeA, transposeB }) {
    requireSameDType('matmul', a!.dtype, b!.dtype)
    const [m, inner] = matrix(a!.shape, transposeA)
    const [innerB, n] = matrix(b!.shape, transposeB)
    if (!equalDims(inner, innerB)) {
      const [ta, tb] = [transposeA ? 'ᵀ' : '', transposeB ? 'ᵀ' : '']
      const shapes = `${formatShape(a!.shape)}${ta} and ${formatShape(b!.shape)}${tb}`
      throw opError(
        'SHAPE_MISMATCH',
        'matmul',
        `shapes ${shapes}: inner dimensions ${inner} and ${innerB} differ`,
      )
    }
    return {
      shape: [...broadcastShapes('matmul', a!.shape.slice(0, -2), b!.shape.slice(0, -2)), m, n],
      dtype: a!.dtype,
    }
  },
  vjp(ct, { inputs: [a, b], params: { transposeA, transposeB } }) {
    // With A' = A or Aᵀ: dA' = C B'ᵀ and dB' = A'ᵀ C; a transposed operand's gradient is the transposed product.
    const gradA = () =>
      transposeA
        ? product(b!, ct, { transposeA: transposeB, transposeB: true })
        : product(ct, b!, { transposeA: false, transposeB: !transposeB })
    const gradB = () =>
      transposeB
        ? product(ct, a!, { transposeA: true, transposeB: transposeA })
        : product(a!, ct, { transposeA: !transposeA, transposeB: false })
    return [() => sumToShape(gradA(), a!.shape), () => sumToShape(gradB(), b!.shape)]
  },
  reference(out, [a, b], { transposeA, transposeB }) {
    const [m, n] = out.shape.slice(-2) as [number, number]
    const inner = a!.shape.at(transposeA ? -2 : -1)!
    const batch = out.shape.slice(0, -2)
    const left = batchOffsets(a!, batch)
    const right = batchOffsets(b!, batch)
    const [rowA, stepA] = transposeA ? [1, m] : [inner, 1]
    const [stepB, colB] = transposeB ? [1, inner] : [n, 1]
    for (let index = 0; index < lengthOf(batch); index++) {
      for (let i = 0; i < m; i++) {
        const atA = left[index]! + i * rowA
        for (let j = 0; j < n; j++) {
          const atB = right[index]! + j * colB
          let total = 0
          for (let k = 0; k < inner; k++) total += a!.data[atA + k * stepA]! * b!.data[atB + k * stepB]!
          out.data[(index * m + i) * n + j] = total
        }
      }
    }
  },
  gpu: {
    reads: 'often',
    cost: 'dear',
    element(w, [a, b], { transposeA, transposeB }, { shape }, index) {
      const axes = index.axes()
      const [i, j] = axes.slice(-2) as [Int, Int]
      const batch = w.index(shape.slice(0, -2), axes.slice(0, -2))
      const [batchA, batchB] = [a!, b!].map((x) => w.broadcast(batch, x.shape.slice(0, -2)).axes())
      const total = w.variable('0.0')
      w.loop(a!.shape.at(transposeA ? -2 : -1)!, (k) => {
        const left = a!.at(w.index(a!.shape, [...batchA!, ...(transposeA ? [k, i] : [i, k])]))
        const right = b!.at(w.index(b!.shape, [...batchB!, ...(transposeB ? [j, k] : [k, j])]))
        w.assign(total, `${total} + ${left} * ${right}`)
      })
      return total
    },
  },
  native(builder, [a, b], { transposeA, transposeB }) {
    const [transA, transB] = [Number(transposeA), Number(transposeB)]
    const plain = !transposeA && !transposeB
    if (plain) return builder.op('MatMul', [a!.name, b!.name])
    if (a!.shape.length === 2 && b!.shape.length === 2)
      return builder.op('Gemm', [a!.name, b!.name], { transA, transB })
    return builder.op('FusedMatMul', [a!.name, b!.name], { transA, transB }, { domain: 'com.microsoft' })
  },
}

const product = (a: Tensor, b: Tensor, params: MatmulParams): Tensor => bind(matmulPrimitive, [a, b], params)

/** Where each matrix of the broadcast batch starts in the operand's data. */
function batchOffsets(operand: Concrete, batch: readonly number[]): number[] {
  const own = operand.shape.slice(0, -2)
  const size = lengthOf(operand.shape.slice(-2))
  const strides = broadcastStrides(own, batch)
  return Array.from({ length: lengthOf(batch) }, (_, index) => {
    let rest = index
    let at = 0
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      at += (rest % batch[axis]!) * strides[axis]!
      rest = Math.floor(rest / batch[axis]!)
    }
    return at * size
  })
}

/**
 * Matrix product of the last two axes; axes before them are a broadcast batch. A one-dimensional operand is a
 * row on the left and a column on the right, and that axis is dropped from the result, as in NumPy.
 */
export function matmul(a: TensorLike, b: TensorLike, options: Partial<MatmulParams> = {}): Tensor {
  requireOptions('matmul', options, { transposeA: true, transposeB: true })
  const dtype = real(commonDtype(a, b))
  const [left, right] = [toDType(asTensor(a), dtype), toDType(asTensor(b), dtype)]
  if (left.rank === 0 || right.rank === 0) {
    throw opError(
      'SHAPE_MISMATCH',
      'matmul',
      `shapes ${formatShape(left.shape)} and ${formatShape(right.shape)}: a scalar has no matrix`,
    )
  }
  const params = { transposeA: options.transposeA ?? false, transposeB: options.transposeB ?? false }
  const result = product(
    left.rank === 1 ? expandDims(left, 0) : left,
    right.rank === 1 ? expandDims(right, 1) : right,
    { transposeA: params.transposeA && left.rank > 1, transposeB: params.transposeB && right.rank > 1 },
  )
  const dropped = right.rank === 1 ? squeeze(result, -1) : result
  return left.rank === 1 ? squeeze(dropped, right.rank === 1 ? -1 : -2) : dropped
}
