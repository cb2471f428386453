import { bradleyTerryLoss } from '../../packages/losses/dist/index.js'
import { adam, applyUpdates, type MlpParams, mlp, type OptimizerState } from '../../packages/nn/dist/index.js'
import {
  type Backend,
  concat,
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

/** Rows that go through the network together: few enough for the activations to stay in the cache. */
const rowsPerBlock = 1024

type Progress = { params: MlpParams; state: OptimizerState }

/** A compiled function that takes `steps` steps; the graph holds all of them. */
function compileSteps(request: PeerRequest, backend: Backend, steps: number) {
  const [inputs, ...hidden] = request.widths.slice(0, -1) as [number, ...number[]]
  const model = mlp({ inputs, hidden })
  const optimizer = adam({ learningRate: request.learningRate })
  const lossOf = (params: MlpParams, blocks: Tensor[]): Tensor => {
    const rewards = concat(blocks.map((rows) => reshape(model.apply(params, rows), [-1])))
    const [chosen, rejected] = split(rewards, 2) as [Tensor, Tensor]
    return mean(bradleyTerryLoss(chosen, rejected).losses)
  }
  const train = ({ params, state }: Progress, blocks: Tensor[]) => {
    const [loss, grads] = valueAndGrad(lossOf)(params, blocks)
    const { updates, state: next } = optimizer.update(grads, state, params)
    return { loss, progress: { params: applyUpdates(params, updates), state: next } }
  }
  return jit(
    (start: Progress, blocks: Tensor[]) => {
      let progress = start
      const losses: Tensor[] = []
      for (let i = 0; i < steps; i++) {
        const result = train(progress, blocks)
        progress = result.progress
        losses.push(result.loss)
      }
      return { losses, progress }
    },
    { backend },
  )
}

function begin(request: PeerRequest): Progress {
  const layers = readLayers(request).map(({ inputs, outputs, weight, bias }) => ({
    weight: tensor(weight, { shape: [inputs, outputs] }),
    bias: tensor(bias),
  }))
  const { learningRate } = request
  return { params: { layers }, state: adam({ learningRate }).init({ layers }) }
}

function blocksOf(rows: Float32Array, inputs: number): Tensor[] {
  const size = rowsPerBlock * inputs
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => {
    const data = rows.subarray(i * size, (i + 1) * size)
    return tensor(data, { shape: [data.length / inputs, inputs] })
  })
}

async function prepare(request: PeerRequest): Promise<Training> {
  const { threads, stepsPerCall = 1 } = request
  const backend = await createNativeBackend({ threads })
  const [single, several] = [1, stepsPerCall].map((steps) => compileSteps(request, backend, steps))
  const blocks = blocksOf(readRows(request), request.widths[0]!)
  let progress = begin(request)
  return {
    description: `prefkit: ${backend.description}`,
    async steps(count) {
      const losses: number[] = []
      while (losses.length < count) {
        const run = count - losses.length >= stepsPerCall ? several! : single!
        const result = await run(progress, blocks)
        progress = result.progress
        losses.push(...result.losses.map((loss) => loss.item()))
      }
      return losses
    },
  }
}

await servePeer(prepare)
