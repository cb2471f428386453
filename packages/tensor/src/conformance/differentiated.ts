import { isFloat } from '../core/dtype'
import { sizeOf } from '../core/shape'
import { asTensor, type Tensor } from '../core/tensor'
import { add } from '../primitives/add'
import { div } from '../primitives/div'
import { floor } from '../primitives/floor'
import { iota } from '../primitives/iota'
import { mul } from '../primitives/mul'
import { reduceSum } from '../primitives/reduce-sum'
import { reshape } from '../primitives/reshape'
import { sub } from '../primitives/sub'
import { valueAndGrad } from '../transforms/grad'
import type { Op } from './op-row'

/** What an op gives: its results, and the gradient of each float input (`null` for the others). */
export type Evaluated = { values: readonly Tensor[]; gradients: readonly (Tensor | null)[] }

/** Uneven weights in [−0.6, 0.65] for the elements of a result, made inside the graph, so any shape has them. */
function weightsLike(y: Tensor): Tensor {
  const index = mul(iota(sizeOf(y.shape), y.dtype), 7)
  const remainder = sub(index, mul(11, floor(div(index, 11))))
  return reshape(sub(div(remainder, 8), 0.6), y.shape)
}

/** Σ cotangent · result over the float results: the scalar whose gradients are taken. */
export function weighted(results: readonly Tensor[], cotangents: readonly Tensor[] = []): Tensor {
  const floats = results.filter((y) => isFloat(y.dtype))
  const terms = floats.map((y, k) => reduceSum(mul(y, cotangents[k] ?? weightsLike(y))))
  return terms.reduce((a, b) => add(a, b), asTensor(0, floats[0]?.dtype ?? 'f32'))
}

/**
 * The op with its vjp: the gradients of Σ cotangent · result with respect to every float input.
 * @param cotangents one for each float result; by default fixed uneven weights.
 */
export function differentiated(
  op: Op,
  cotangents: readonly Tensor[] = [],
): (...inputs: Tensor[]) => Evaluated {
  return (...inputs) => {
    const wrt = inputs.flatMap((input, i) => (isFloat(input.dtype) ? [i] : []))
    const run = (chosen: readonly Tensor[]): [Tensor, readonly Tensor[]] => {
      const all = [...inputs]
      wrt.forEach((at, k) => {
        all[at] = chosen[k]!
      })
      const results = [op(...all)].flat() as Tensor[]
      return [weighted(results, cotangents), results]
    }
    const [[, values], found] = valueAndGrad(run, { hasAux: true })<readonly Tensor[]>(
      wrt.map((at) => inputs[at]!),
    )
    return { values, gradients: inputs.map((_, i) => found[wrt.indexOf(i)] ?? null) }
  }
}
