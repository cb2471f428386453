import { bradleyTerryLoss } from '../../packages/losses/dist/index.js'
import { adam, applyUpdates, type MlpParams, mlp, type OptimizerState } from '../../packages/nn/dist/index.js'
import {
  jit,
  mean,
  reshape,
  split,
  type Tensor,
  tensor,
  valueAndGrad,
} from '../../packages/tensor/dist/index.js'
import { createNativeBackend } from '../../packages/tensor/dist/native/index.js'
import { type PeerRequest, readLayers, readRows, servePeer, type Training } from '../peer.ts'

async function prepare(request: PeerRequest): Promise<Training> {
  const { widths, pairs, learningRate, threads } = request
  const [inputs, ...hidden] = widths.slice(0, -1) as [number, ...number[]]
  const backend = await createNativeBackend({ threads })
  const model = mlp({ inputs, hidden })
  const optimizer = adam({ learningRate })
  const lossOf = (params: MlpParams, rows: Tensor): Tensor => {
    const [chosen, rejected] = split(reshape(model.apply(params, rows), [-1]), 2) as [Tensor, Tensor]
    return mean(bradleyTerryLoss(chosen, rejected).losses)
  }
  const step = jit(
    (params: MlpParams, state: OptimizerState, rows: Tensor) => {
      const [loss, grads] = valueAndGrad(lossOf)(params, rows)
      const { updates, state: next } = optimizer.update(grads, state, params)
      return { loss, params: applyUpdates(params, updates), state: next }
    },
    { backend },
  )
  const rows = tensor(readRows(request), { shape: [2 * pairs, inputs] })
  let params: MlpParams = {
    layers: readLayers(request).map((layer) => ({
      weight: tensor(layer.weight, { shape: [layer.inputs, layer.outputs] }),
      bias: tensor(layer.bias),
    })),
  }
  let state = optimizer.init(params)
  return {
    description: `prefkit: ${backend.description}`,
    async step() {
      const result = await step(params, state, rows)
      params = result.params
      state = result.state
      return result.loss.item()
    },
  }
}

await servePeer(prepare)
