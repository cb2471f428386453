import { type Tree, treeMap } from '@prefkit/tensor'

/** What an optimiser keeps between steps: a tree of tensors, saved like parameters. */
export type OptimizerState = Tree

/** Changes to add to the parameters, and the state for the next step. */
export interface OptimizerUpdate<P> {
  /** A tree like the parameters; {@link applyUpdates} adds it to them. */
  readonly updates: P
  readonly state: OptimizerState
}

/**
 * A transformation of gradients. An optimiser is the last one of a chain: what it makes of the gradients is added to
 * the parameters. Both functions are pure and traceable, so a whole training step can be one graph.
 */
export interface Optimizer {
  /** The state before the first step. */
  init(params: Tree): OptimizerState
  /** What becomes of gradients shaped like `params`, and the next state. */
  update<P>(grads: P, state: OptimizerState, params: P): OptimizerUpdate<P>
}

/** A transformation that keeps nothing between steps. */
export const stateless = (transform: <P>(grads: P, params: P) => P): Optimizer => ({
  init: () => null,
  update: (grads, _, params) => ({ updates: transform(grads, params), state: null }),
})

/** Transforms each gradient for itself. */
export const elementwise = (transform: Parameters<typeof treeMap>[0]): Optimizer =>
  stateless((grads) => treeMap(transform, grads))
