import { splitKey, type Tensor } from '@prefkit/tensor'
import type { Layer, Params, ParamsOf } from './layer'

/** The weights of layers one after another, in their order. */
export type SequentialParams<Layers extends readonly Layer[]> = {
  -readonly [K in keyof Layers]: ParamsOf<Layers[K]>
}

/** Layers one after another. Each gets a random key of its own, for its weights and while training. */
export function sequential<const Layers extends readonly Layer[]>(
  layers: Layers,
): Layer<SequentialParams<Layers>> {
  const keysFor = (key: Tensor): Tensor[] => splitKey(key, Math.max(1, layers.length))
  return {
    init(key) {
      const keys = keysFor(key)
      return layers.map((layer, i) => layer.init(keys[i]!)) as SequentialParams<Layers>
    },
    apply(params, x, context = {}) {
      const keys = context.train && context.key ? keysFor(context.key) : undefined
      const each = params as readonly Params[]
      return layers.reduce<Tensor>((value, layer, i) => {
        return layer.apply(each[i], value, keys ? { ...context, key: keys[i]! } : context)
      }, x)
    },
  }
}
