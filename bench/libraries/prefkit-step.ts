import { bradleyTerryLoss } from '../../packages/losses/dist/index.js'
import { adam, applyUpdates, type MlpParams, mlp, type OptimizerState } from '../../packages/nn/dist/index.js'
import {
  concat,
  mean,
  reshape,
  split,
  type Tensor,
  tensor,
  valueAndGrad,
} from '../../packages/tensor/dist/index.js'
import type { TrainingData } from '../data.ts'

/** Parameters and optimizer state, before the first step. */
export function beginTraining({ layers, learningRate }: TrainingData): [MlpParams, OptimizerState] {
  const params = {
    layers: layers.map(({ inputs, outputs, weight, bias }) => ({
      weight: tensor(weight, { shape: [inputs, outputs] }),
      bias: tensor(bias),
    })),
  }
  return [params, adam({ learningRate }).init(params)]
}

/** One step, to be compiled: forward, backward and Adam over the rows, which may come in blocks. */
export function trainingStep({ widths, learningRate }: TrainingData) {
  const [inputs, ...hidden] = widths.slice(0, -1) as [number, ...number[]]
  const model = mlp({ inputs, hidden })
  const optimizer = adam({ learningRate })
  const lossOf = (params: MlpParams, blocks: Tensor[]): Tensor => {
    const rewards = concat(blocks.map((rows) => reshape(model.apply(params, rows), [-1])))
    const [chosen, rejected] = split(rewards, 2) as [Tensor, Tensor]
    return mean(bradleyTerryLoss(chosen, rejected).losses)
  }
  return (
    params: MlpParams,
    state: OptimizerState,
    blocks: Tensor[],
  ): [MlpParams, OptimizerState, Tensor] => {
    const [loss, grads] = valueAndGrad(lossOf)(params, blocks)
    const { updates, state: next } = optimizer.update(grads, state, params)
    return [applyUpdates(params, updates), next, loss]
  }
}
