import { add, expandDims, matmul, splitKey, squeeze, type Tensor } from '@prefkit/tensor'
import { type Initializer, torchLinear, uniform, zeros } from '../initializers/initializers'
import { requireNames, requireWhole } from '../require-option'
import type { Layer } from './layer'

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Width of the input, ≥ 1. */
  inputs: number
  /** Width of the output, ≥ 1. */
  outputs: number
  /** How the weight is drawn. Default: `torchLinear`, uniform in ±1/√inputs. */
  weight?: Initializer
  /**
   * Whether there is a bias, or how it is drawn. Default: true, drawn uniform in ±1/√inputs as PyTorch does, or 0
   * when `weight` is given.
   */
  bias?: boolean | Initializer
}

/** Weights of a linear layer. */
export type LinearParams = {
  /** `[inputs, outputs]`: the transpose of PyTorch's. */
  weight: Tensor
  /** `[outputs]`; absent in a layer without bias. */
  bias?: Tensor
}

/**
 * y = x W + b over the last axis: `[…, inputs] → […, outputs]`.
 * @throws NnError `INVALID_OPTION` for sizes that are no whole numbers ≥ 1.
 */
export function linear(options: LinearOptions): Layer<LinearParams> {
  requireNames('linear', options, { inputs: true, outputs: true, weight: true, bias: true })
  const { inputs, outputs, weight = torchLinear, bias = true } = options
  requireWhole('inputs', inputs)
  requireWhole('outputs', outputs)
  const defaultBias = options.weight ? zeros : uniform(1 / Math.sqrt(inputs))
  const drawBias = typeof bias === 'function' ? bias : bias ? defaultBias : undefined
  return {
    init(key) {
      const [weightKey, biasKey] = splitKey(key) as [Tensor, Tensor]
      const drawn = { weight: weight(weightKey, [inputs, outputs]) }
      return drawBias ? { ...drawn, bias: drawBias(biasKey, [outputs]) } : drawn
    },
    apply({ weight, bias }, x) {
      const product = x.rank === 1 ? squeeze(matmul(expandDims(x, 0), weight), 0) : matmul(x, weight)
      return bias ? add(product, bias) : product
    },
  }
}
