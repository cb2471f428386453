import { gelu, relu, sigmoid, silu, type Tensor, tanh } from '@prefkit/tensor'
import { requireOption } from '../require-option'
import type { Layer } from './layer'

/** Elementwise functions by name. */
export const activations = {
  /** max(x, 0). */
  relu: (x: Tensor): Tensor => relu(x),
  /** x·Φ(x), exact. */
  gelu: (x: Tensor): Tensor => gelu(x),
  /** GPT-2's approximation of gelu by tanh. */
  geluTanh: (x: Tensor): Tensor => gelu(x, { approximate: 'tanh' }),
  /** x·σ(x), also called swish. */
  silu: (x: Tensor): Tensor => silu(x),
  /** Hyperbolic tangent. */
  tanh: (x: Tensor): Tensor => tanh(x),
  /** 1 / (1 + e^(−x)). */
  sigmoid: (x: Tensor): Tensor => sigmoid(x),
  /** x itself. */
  identity: (x: Tensor): Tensor => x,
} as const satisfies Record<string, (x: Tensor) => Tensor>

/** Name of an activation. */
export type Activation = keyof typeof activations

/**
 * An activation as a layer, for `sequential`.
 * @throws NnError `INVALID_OPTION` for a name that is not in the table.
 */
export function activation(name: Activation): Layer<null> {
  const expected = `one of ${Object.keys(activations).join(', ')}`
  requireOption('activation', name, Object.hasOwn(activations, name), expected)
  const activate = activations[name]
  return { init: () => null, apply: (_, x) => activate(x) }
}
