import { bradleyTerryLoss } from '@prefkit/losses'
import { adamW, applyUpdates, type MlpParams, mlp, type OptimizerState } from '@prefkit/nn'
import {
  type Backend,
  concat,
  jit,
  mean,
  randomKey,
  reshape,
  split,
  type Tensor,
  take,
  valueAndGrad,
} from '@prefkit/tensor'
import { featureCount } from './text-features'

const network = mlp({ inputs: featureCount, hidden: [16] })
const optimizer = adamW({ learningRate: 1e-3, weightDecay: 0.1 })

const rewardsOf = (params: MlpParams, rows: Tensor): Tensor => reshape(network.apply(params, rows), [-1])

/** Mean Bradley–Terry loss of pairs, and the share of them in the right order. */
function lossOf(params: MlpParams, table: Tensor, chosen: Tensor, rejected: Tensor): [Tensor, Tensor] {
  const rewards = rewardsOf(params, take(table, concat([chosen, rejected])))
  const [better, worse] = split(rewards, 2) as [Tensor, Tensor]
  const { losses, metrics } = bradleyTerryLoss(better, worse)
  return [mean(losses), metrics.accuracy]
}

/** Fresh weights, and the optimiser's state for them. */
export function beginTraining(seed: number): { params: MlpParams; state: OptimizerState } {
  const params = network.init(randomKey(seed))
  return { params, state: optimizer.init(params) }
}

/** What the model does, compiled for a backend at the first call of each. */
export function compileRewardModel(backend: Backend) {
  return {
    /** One step of training: forward, backward and optimiser. Weights and state stay on the device from step to step. */
    step: jit(
      (params: MlpParams, state: OptimizerState, table: Tensor, chosen: Tensor, rejected: Tensor) => {
        const lossAndGrad = valueAndGrad((p: MlpParams) => lossOf(p, table, chosen, rejected), {
          hasAux: true,
        })
        const [[loss], grads] = lossAndGrad(params)
        const { updates, state: next } = optimizer.update(grads, state, params)
        return { loss, params: applyUpdates(params, updates), state: next }
      },
      { backend, resident: ['params', 'state'], donate: [0, 1] },
    ),
    /** Loss and accuracy of pairs that are not learned from. */
    evaluate: jit(lossOf, { backend }),
    /** The reward of each row of features. */
    score: jit(rewardsOf, { backend }),
  }
}
