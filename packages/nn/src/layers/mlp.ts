import { type OptionNames, splitKey, type Tensor } from '@prefkit/tensor'
import type { Initializer } from '../initializers/initializers'
import { requireNames, requireOption } from '../require-option'
import { type Activation, activation } from './activations'
import { dropout } from './dropout'
import type { Layer } from './layer'
import { layerNorm } from './layer-norm'
import { type LinearParams, linear } from './linear'
import { rmsNorm } from './rms-norm'

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** Width of the input, ≥ 1. */
  inputs: number
  /** Widths of the hidden layers; `[]` is a linear model. */
  hidden: readonly number[]
  /** Width of the output. Default: 1. */
  outputs?: number
  /** Applied after each hidden layer. Default: `relu`. */
  activation?: Activation
  /** Share of hidden units dropped while training, in [0, 1). Default: 0. */
  dropout?: number
  /** Normalises each hidden layer before its activation. Default: none. */
  norm?: 'layerNorm' | 'rmsNorm'
  /** How weights are drawn. Default: as `linear`. */
  weight?: Initializer
}

/** Weights of one layer of an MLP; hidden layers with a norm have its weights too. */
export type MlpLayerParams = LinearParams & { norm?: { scale: Tensor; shift?: Tensor } }

/** Weights of an MLP, input side first. */
export type MlpParams = { layers: MlpLayerParams[] }

const names: OptionNames<MlpOptions> = {
  inputs: true,
  hidden: true,
  outputs: true,
  activation: true,
  dropout: true,
  norm: true,
  weight: true,
}
const norms: Readonly<Record<string, (options: { dimensions: number }) => Layer>> = { layerNorm, rmsNorm }

/**
 * A multilayer perceptron: `[…, inputs] → […, outputs]`. Each hidden layer is linear → norm → activation → dropout;
 * nothing follows the last linear layer.
 * @throws NnError `INVALID_OPTION` for options out of range, and when training with dropout without `context.key`.
 */
export function mlp(options: MlpOptions): Layer<MlpParams> {
  requireNames('mlp', options, names)
  const { inputs, hidden, outputs = 1, weight, norm } = options
  requireOption('norm', norm, norm === undefined || Object.hasOwn(norms, norm), 'layerNorm or rmsNorm')
  const widths = [inputs, ...hidden, outputs]
  const linears = widths.slice(1).map((width, i) => linear({ inputs: widths[i]!, outputs: width, weight }))
  const hiddenNorms = norm && hidden.map((width) => norms[norm]!({ dimensions: width }))
  const activate = activation(options.activation ?? 'relu')
  const drop = dropout(options.dropout ?? 0)
  return {
    init(key) {
      const keys = splitKey(key, linears.length)
      const layers = linears.map((layer, i): MlpLayerParams => {
        const own = hiddenNorms?.[i]?.init(keys[i]!) as MlpLayerParams['norm']
        return { ...layer.init(keys[i]!), ...(own && { norm: own }) }
      })
      return { layers }
    },
    apply({ layers }, x, context = {}) {
      const keys = context.train && context.key ? splitKey(context.key, linears.length) : undefined
      return linears.reduce<Tensor>((value, layer, i) => {
        const y = layer.apply(layers[i]!, value)
        if (i === linears.length - 1) return y
        const normal = hiddenNorms ? hiddenNorms[i]!.apply(layers[i]!.norm, y) : y
        return drop.apply(null, activate.apply(null, normal), keys ? { ...context, key: keys[i]! } : context)
      }, x)
    },
  }
}
