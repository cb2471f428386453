import { type Dim, equalDims } from '../core/dim'
import { real, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import { formatShape, sizeOf } from '../core/shape'
import { asTensor, commonDtype, type Tensor, type TensorLike } from '../core/tensor'
import { matmul } from '../primitives/matmul'
import { reduceSum } from '../primitives/reduce-sum'
import { reshape } from '../primitives/reshape'
import { transpose } from '../primitives/transpose'

/**
 * Sums of products over named axes, for one or two operands: `einsum('bij,bkj->bik', a, b)` is a batched a·bᵀ.
 * Each letter names an axis; what does not stand after the arrow is summed. It becomes transposes and one
 * {@link matmul}. An operand may not repeat a letter, and the result is always spelled out (no `…`).
 * @throws TensorError `INVALID_ARGUMENT` for the equation, `SHAPE_MISMATCH` for a letter with two sizes.
 */
export function einsum(equation: string, ...operands: readonly TensorLike[]): Tensor {
  const { inputs, output } = parse(equation, operands.length)
  const dtype = real(commonDtype(...operands))
  const tensors = operands.map((operand) => toDType(asTensor(operand), dtype))
  const sizes = measure(equation, inputs, tensors)
  const wanted = (i: number) =>
    [...inputs[i]!].filter((l) => output.includes(l) || inputs[1 - i]?.includes(l))
  const [a, b] = tensors.map((x, i) => sumTo(x, inputs[i]!, wanted(i)))
  if (!b) return arrange(a!, wanted(0), [...output])
  return contract(a!, b, wanted(0), wanted(1), [...output], (label) => sizes.get(label)!)
}

function parse(equation: string, count: number): { inputs: string[]; output: string } {
  const [left = '', output = '', ...rest] = equation.replaceAll(' ', '').split('->')
  const inputs = left.split(',')
  const letters = [...inputs, output]
  const wellFormed =
    equation.includes('->') &&
    rest.length === 0 &&
    letters.every((part) => /^[A-Za-z]*$/.test(part) && new Set(part).size === part.length) &&
    [...output].every((label) => left.includes(label))
  if (!wellFormed || inputs.length !== count || count < 1 || count > 2) {
    throw opError(
      'INVALID_ARGUMENT',
      'einsum',
      `expected one or two operands named like 'ij,jk->ik', no letter twice in one, got '${equation}' for ${count}`,
    )
  }
  return { inputs, output }
}

function measure(equation: string, inputs: readonly string[], tensors: readonly Tensor[]): Map<string, Dim> {
  const sizes = new Map<string, Dim>()
  tensors.forEach(({ shape }, i) => {
    const labels = inputs[i]!
    const clash =
      shape.length !== labels.length ||
      [...labels].some((label, axis) => !equalDims(sizes.get(label) ?? shape[axis]!, shape[axis]!))
    if (clash) {
      const shapes = tensors.map((x) => formatShape(x.shape)).join(' and ')
      throw opError('SHAPE_MISMATCH', 'einsum', `shapes ${shapes} do not fit '${equation}'`)
    }
    ;[...labels].forEach((label, axis) => {
      sizes.set(label, shape[axis]!)
    })
  })
  return sizes
}

/** Sums over the axes that are not in `kept`. */
function sumTo(x: Tensor, labels: string, kept: readonly string[]): Tensor {
  const axes = [...labels].flatMap((label, axis) => (kept.includes(label) ? [] : [axis]))
  return axes.length > 0 ? reduceSum(x, { axis: axes }) : x
}

const arrange = (x: Tensor, from: readonly string[], to: readonly string[]): Tensor =>
  transpose(
    x,
    to.map((label) => from.indexOf(label)),
  )

function contract(
  a: Tensor,
  b: Tensor,
  left: readonly string[],
  right: readonly string[],
  output: readonly string[],
  sizeOfLabel: (label: string) => Dim,
): Tensor {
  const shared = left.filter((label) => right.includes(label))
  const batch = shared.filter((label) => output.includes(label))
  const inner = shared.filter((label) => !output.includes(label))
  const rows = left.filter((label) => !shared.includes(label))
  const columns = right.filter((label) => !shared.includes(label))
  const dims = (labels: readonly string[]) => labels.map(sizeOfLabel)
  const matrices = (x: Tensor, from: readonly string[], m: readonly string[], n: readonly string[]) =>
    reshape(arrange(x, from, [...batch, ...m, ...n]), [...dims(batch), sizeOf(dims(m)), sizeOf(dims(n))])
  const product = matmul(matrices(a, left, rows, inner), matrices(b, right, inner, columns))
  const found = [...batch, ...rows, ...columns]
  return arrange(reshape(product, dims(found)), found, output)
}
