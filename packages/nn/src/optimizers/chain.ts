import { NnError } from '../nn-error'
import type { Optimizer, OptimizerState } from './optimizer'

/**
 * Transformations one after another, each applied to what the one before it returned. Its state is the list of their
 * states.
 */
export function chain(...optimizers: readonly Optimizer[]): Optimizer {
  return {
    init: (params) => optimizers.map((optimizer) => optimizer.init(params)),
    update(grads, state, params) {
      const states = requireStates(state, optimizers.length)
      let updates = grads
      const next = optimizers.map((optimizer, i): OptimizerState => {
        const result = optimizer.update(updates, states[i], params)
        updates = result.updates
        return result.state
      })
      return { updates, state: next }
    },
  }
}

function requireStates(state: OptimizerState, count: number): readonly OptimizerState[] {
  if (Array.isArray(state) && state.length === count) return state
  const got = Array.isArray(state) ? `a list of ${state.length}` : typeof state
  throw new NnError('TREE_MISMATCH', `state: chain expected a list of ${count} states, got ${got}`)
}
