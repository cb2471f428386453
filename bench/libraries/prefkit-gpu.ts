import type { MlpParams, OptimizerState } from '../../packages/nn/dist/index.js'
import { createGpuBackend, type GpuOptions } from '../../packages/tensor/dist/gpu/index.js'
import { type Backend, jit, matmul, slice, type Tensor, tensor } from '../../packages/tensor/dist/index.js'
import type { MatmulData, TrainingData } from '../data.ts'
import { inChains, type Library, oneByOne, type Work } from '../work.ts'
import { beginTraining, trainingStep } from './prefkit-step.ts'

/** Parameters and state stay on the device, and so do the rows, since they are the same tensor at each call. */
function prepareTraining(data: TrainingData, backend: Backend): Work['run'] {
  const step = trainingStep(data)
  const compiled = jit(
    (params: MlpParams, state: OptimizerState, rows: Tensor) => step(params, state, [rows]),
    { backend, resident: [0, 1], donate: [0, 1] },
  )
  const rows = tensor(data.rows, { shape: [2 * data.pairs, data.widths[0]!] })
  let [params, state] = beginTraining(data)
  return oneByOne(async () => {
    const [nextParams, nextState, loss] = await compiled(params, state, rows)
    params = nextParams
    state = nextState
    return loss.item()
  })
}

function prepareProducts({ start, factor, size }: MatmulData, backend: Backend): Work['run'] {
  const multiply = jit((left: Tensor, right: Tensor): [Tensor] => [matmul(left, right)], {
    backend,
    resident: [0],
    donate: [0],
  })
  const firstOf = jit((product: Tensor) => slice(slice(product, 0, 0, 1), 1, 0, 4), { backend, donate: [0] })
  const [left, right] = [start, factor].map((values) => tensor(values, { shape: [size, size] }))
  return inChains(async (length) => {
    let product = left!
    for (let i = 0; i < length; i++) [product] = await multiply(product, right!)
    return Array.from((await firstOf(product)).data)
  })
}

/** prefkit on gpu.js, in one of its modes; `runtime` is gpu.js's class, where it cannot be imported by name. */
export async function gpuLibrary(
  mode: GpuOptions['mode'],
  runtime?: GpuOptions['runtime'],
): Promise<Library> {
  const backend = await createGpuBackend({ mode, ...(runtime && { runtime }) })
  const begin = async <Data>(
    prepare: (data: Data, backend: Backend) => Work['run'],
    data: Data,
  ): Promise<Work> => ({ description: `prefkit: ${backend.description}`, run: prepare(data, backend) })
  return {
    training: (data) => begin(prepareTraining, data),
    matmul: (data) => begin(prepareProducts, data),
  }
}
