import type { Tensor } from '@prefkit/tensor'

/** Weights of a layer, and anything shaped like them: tensors in plain nested objects and arrays. */
export type Params = Tensor | null | undefined | readonly Params[] | { readonly [name: string]: Params }

/** What applying a layer may need besides its input. */
export interface ApplyContext {
  /** True while training: dropout is active. Default: false. */
  readonly train?: boolean
  /** Random key, for the layers that need one while training. */
  readonly key?: Tensor
}

/** A piece of a network: how to make its weights, and how to apply it to an input. Both are pure. */
export interface Layer<P extends Params = Params> {
  /** Weights drawn from a key made by `randomKey` or `splitKey`. */
  init(key: Tensor): P
  /** The layer's output for an input; traceable. */
  apply(params: P, x: Tensor, context?: ApplyContext): Tensor
}

/** The weights of a layer. */
export type ParamsOf<L> = L extends Layer<infer P> ? P : never
