import {
  blockUntilReady,
  type Device,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax'
import type { MatmulData, TrainingData } from '../data.ts'
import manifest from '../package.json' with { type: 'json' }
import { inChains, type Library, oneByOne, type Work } from '../work.ts'

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8]

type Layers = { weight: np.Array; bias: np.Array }[]

/** Every use of an array but its last takes a reference, as the library asks. */
function lossOf(layers: Layers, rows: np.Array, pairs: number): np.Array {
  const rewards = layers.reduce((x, { weight, bias }, i) => {
    const y = np.matmul(x, weight).add(bias)
    return i === layers.length - 1 ? y : nn.relu(y)
  }, rows)
  const flat = rewards.reshape([2, pairs])
  return np.mean(nn.softplus(flat.ref.slice(1).sub(flat.slice(0))))
}

/** Adam with the factors that depend on the step, given as scalars, so that one compilation serves all steps. */
function update(
  param: np.Array,
  grad: np.Array,
  mean: np.Array,
  square: np.Array,
  size: np.Array,
  root: np.Array,
) {
  const nextMean = mean.mul(beta1).add(grad.ref.mul(1 - beta1))
  const nextSquare = square.mul(beta2).add(grad.ref.mul(grad).mul(1 - beta2))
  const change = nextMean.ref.div(np.sqrt(nextSquare.ref).div(root).add(epsilon)).mul(size)
  return { param: param.sub(change), mean: nextMean, square: nextSquare }
}

const zeros = (layers: Layers): Layers =>
  layers.map(({ weight, bias }) => ({ weight: np.zeros(weight.shape), bias: np.zeros(bias.shape) }))

const compileStep = (pairs: number) =>
  jit((layers: Layers, means: Layers, squares: Layers, rows: np.Array, size: np.Array, root: np.Array) => {
    const [loss, grads] = valueAndGrad((p: Layers, x: np.Array) => lossOf(p, x, pairs))(
      tree.ref(layers),
      rows,
    )
    const next = (key: 'weight' | 'bias', i: number) =>
      update(layers[i]![key], grads[i]![key], means[i]![key], squares[i]![key], size.ref, root.ref)
    const updated = layers.map((_, i) => ({ weight: next('weight', i), bias: next('bias', i) }))
    const pick = (part: 'param' | 'mean' | 'square') =>
      updated.map(({ weight, bias }) => ({ weight: weight[part], bias: bias[part] }))
    size.dispose()
    root.dispose()
    return { loss, layers: pick('param'), means: pick('mean'), squares: pick('square') }
  })

function prepareTraining(data: TrainingData): Work['run'] {
  const { widths, pairs, learningRate } = data
  const step = compileStep(pairs)
  const rows = np.array(data.rows).reshape([2 * pairs, widths[0]!])
  let layers: Layers = data.layers.map(({ inputs, outputs, weight, bias }) => ({
    weight: np.array(weight).reshape([inputs, outputs]),
    bias: np.array(bias),
  }))
  let [means, squares] = [zeros(layers), zeros(layers)]
  let count = 0
  return oneByOne(async () => {
    count++
    const size = np.array(learningRate / (1 - beta1 ** count))
    const root = np.array(Math.sqrt(1 - beta2 ** count))
    const result = step(layers, means, squares, rows.ref, size, root)
    layers = result.layers
    means = result.means
    squares = result.squares
    await blockUntilReady([layers, means, squares])
    return (await result.loss.data())[0]!
  })
}

function prepareProducts({ start, factor, size }: MatmulData): Work['run'] {
  const multiply = jit((left: np.Array, right: np.Array) => np.matmul(left, right))
  const [left, right] = [start, factor].map((data) => np.array(data).reshape([size, size]))
  return inChains(async (length) => {
    let product = left!.ref
    for (let i = 0; i < length; i++) product = multiply(product, right!.ref)
    return [...(await product.slice(0, [0, 4]).data())]
  })
}

/** jax-js on one device; `note` says what that is, for the description. */
export function jaxLibrary(device: Device, note: string): Library {
  const begin = async <Data>(prepare: (data: Data) => Work['run'], data: Data): Promise<Work> => {
    if (!(await init(device)).includes(device)) throw new Error(`jax-js: device ${device} did not start here`)
    defaultDevice(device)
    const run = prepare(data)
    return {
      description: `jax-js ${manifest.dependencies['@jax-js/jax']}, ${note}`,
      async run(count) {
        // The default is one for all of jax-js: another may have been used in between.
        defaultDevice(device)
        return run(count)
      },
    }
  }
  return {
    training: (data) => begin(prepareTraining, data),
    matmul: (data) => begin(prepareProducts, data),
  }
}
