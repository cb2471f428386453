import type { MlpParams, OptimizerState } from '../../packages/nn/dist/index.js'
import { type Backend, jit, matmul, type Tensor, tensor } from '../../packages/tensor/dist/index.js'
import { createNativeBackend } from '../../packages/tensor/dist/native/index.js'
import type { MatmulData, TrainingData } from '../data.ts'
import { inChains, type Library, type Work } from '../work.ts'
import { prepareGae, prepareGroupRelative, preparePpoLoss } from './prefkit-policy.ts'
import { beginTraining, trainingStep } from './prefkit-step.ts'

/** Rows that go through the network together: few enough for the activations to stay in the cache. */
const rowsPerBlock = 1024

/** A compiled function that takes `steps` steps; the graph holds all of them. */
function compileSteps(data: TrainingData, backend: Backend, steps: number) {
  const step = trainingStep(data)
  return jit(
    (params: MlpParams, state: OptimizerState, blocks: Tensor[]): [MlpParams, OptimizerState, Tensor[]] => {
      const losses: Tensor[] = []
      let progress: [MlpParams, OptimizerState] = [params, state]
      for (let i = 0; i < steps; i++) {
        const [nextParams, nextState, loss] = step(...progress, blocks)
        progress = [nextParams, nextState]
        losses.push(loss)
      }
      return [...progress, losses]
    },
    { backend },
  )
}

function blocksOf(rows: Float32Array, inputs: number): Tensor[] {
  const size = rowsPerBlock * inputs
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => {
    const data = rows.subarray(i * size, (i + 1) * size)
    return tensor(data, { shape: [data.length / inputs, inputs] })
  })
}

function prepareTraining(data: TrainingData, backend: Backend): Work['run'] {
  const { stepsPerCall = 1 } = data
  const [single, several] = [1, stepsPerCall].map((steps) => compileSteps(data, backend, steps))
  const blocks = blocksOf(data.rows, data.widths[0]!)
  let [params, state] = beginTraining(data)
  return async (count) => {
    const taken: number[] = []
    while (taken.length < count) {
      const run = count - taken.length >= stepsPerCall ? several! : single!
      const [nextParams, nextState, losses] = await run(params, state, blocks)
      params = nextParams
      state = nextState
      taken.push(...losses.map((loss) => loss.item()))
    }
    return taken
  }
}

function prepareProducts({ start, factor, size }: MatmulData, backend: Backend): Work['run'] {
  const multiply = jit((left: Tensor, right: Tensor) => matmul(left, right), { backend })
  const [left, right] = [start, factor].map((data) => tensor(data, { shape: [size, size] }))
  return inChains(async (length) => {
    let product = left!
    for (let i = 0; i < length; i++) product = await multiply(product, right!)
    return Array.from(product.data.subarray(0, 4))
  })
}

/** prefkit on ONNX Runtime, or on plain arrays where it needs no backend. */
export function nativeLibrary(threads: number): Library {
  const onBackend =
    <Data>(prepare: (data: Data, backend: Backend) => Work['run']) =>
    async (data: Data): Promise<Work> => {
      const backend = await createNativeBackend({ threads })
      return { description: `prefkit: ${backend.description}`, run: prepare(data, backend) }
    }
  const onArrays =
    <Data>(prepare: (data: Data) => Work['run']) =>
    async (data: Data): Promise<Work> => ({ description: 'prefkit, 1 thread', run: prepare(data) })
  return {
    training: onBackend(prepareTraining),
    matmul: onBackend(prepareProducts),
    gae: onArrays(prepareGae),
    'group-relative': onArrays(prepareGroupRelative),
    'ppo-loss': onBackend(preparePpoLoss),
  }
}
