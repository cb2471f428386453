import type { MlpParams, OptimizerState } from '../../packages/nn/dist/index.js'
import { createGpuBackend, type GpuOptions } from '../../packages/tensor/dist/gpu/index.js'
import {
  type Backend,
  jit,
  matmul,
  slice,
  type Tensor,
  tensor,
  treeLeaves,
} from '../../packages/tensor/dist/index.js'
import type { MatmulData, TrainingData } from '../data.ts'
import { inChains, type Library, oneByOne, type Work } from '../work.ts'
import { beginTraining, trainingStep } from './prefkit-step.ts'

const releaseAll = (tree: unknown): void => {
  for (const leaf of treeLeaves(tree)) leaf.release()
}

/** Puts a tensor on the device, to stay there. */
async function place(host: Tensor, backend: Backend): Promise<Tensor> {
  const [placed] = await jit((value: Tensor): [Tensor] => [value], { backend, resident: [true] })(host)
  return placed
}

async function prepareTraining(data: TrainingData, backend: Backend): Promise<Work['run']> {
  const step = trainingStep(data)
  const compiled = jit(
    (params: MlpParams, state: OptimizerState, rows: Tensor) => step(params, state, [rows]),
    { backend, resident: [true, true, false] },
  )
  const rows = await place(tensor(data.rows, { shape: [2 * data.pairs, data.widths[0]!] }), backend)
  let [params, state] = beginTraining(data)
  return oneByOne(async () => {
    const [nextParams, nextState, loss] = await compiled(params, state, rows)
    releaseAll([params, state])
    params = nextParams
    state = nextState
    return loss.item()
  })
}

async function prepareProducts({ start, factor, size }: MatmulData, backend: Backend): Promise<Work['run']> {
  const multiply = jit((left: Tensor, right: Tensor): [Tensor] => [matmul(left, right)], {
    backend,
    resident: [true],
  })
  const pick = jit((product: Tensor): Tensor => slice(slice(product, 0, 0, 1), 1, 0, 4), { backend })
  const [left, right] = await Promise.all(
    [start, factor].map((values) => place(tensor(values, { shape: [size, size] }), backend)),
  )
  return inChains(async (length) => {
    let product = left!
    for (let i = 0; i < length; i++) {
      const [next] = await multiply(product, right!)
      if (i > 0) product.release()
      product = next
    }
    const first = await pick(product)
    product.release()
    return Array.from(first.data)
  })
}

/** prefkit on gpu.js, in one of its modes; `runtime` is gpu.js's class, where it cannot be imported by name. */
export async function gpuLibrary(
  mode: GpuOptions['mode'],
  runtime?: GpuOptions['runtime'],
): Promise<Library> {
  const backend = await createGpuBackend({ mode, ...(runtime && { runtime }) })
  const begin = async <Data>(
    prepare: (data: Data, backend: Backend) => Promise<Work['run']>,
    data: Data,
  ): Promise<Work> => ({ description: `prefkit: ${backend.description}`, run: await prepare(data, backend) })
  return {
    train: (data) => begin(prepareTraining, data),
    multiply: (data) => begin(prepareProducts, data),
  }
}
