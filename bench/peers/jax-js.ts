import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import manifest from '../package.json' with { type: 'json' }
import { oneByOne, type PeerRequest, readLayers, readRows, servePeer, type Training } from '../peer.ts'

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

async function prepare(request: PeerRequest): Promise<Training> {
  const { widths, pairs, learningRate } = request
  await init('wasm')
  defaultDevice('wasm')
  const zeros = (layers: Layers): Layers =>
    layers.map(({ weight, bias }) => ({ weight: np.zeros(weight.shape), bias: np.zeros(bias.shape) }))
  const step = jit(
    (layers: Layers, means: Layers, squares: Layers, rows: np.Array, size: np.Array, root: np.Array) => {
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
    },
  )
  const rows = np.array(readRows(request) as Float32Array<ArrayBuffer>).reshape([2 * pairs, widths[0]!])
  let layers: Layers = readLayers(request).map(({ inputs, outputs, weight, bias }) => ({
    weight: np.array(weight as Float32Array<ArrayBuffer>).reshape([inputs, outputs]),
    bias: np.array(bias as Float32Array<ArrayBuffer>),
  }))
  let [means, squares] = [zeros(layers), zeros(layers)]
  let count = 0
  return {
    description: `jax-js ${manifest.dependencies['@jax-js/jax']}, wasm, 1 thread (it has no more in Node)`,
    steps: oneByOne(async () => {
      count++
      const size = np.array(learningRate / (1 - beta1 ** count))
      const root = np.array(Math.sqrt(1 - beta2 ** count))
      const result = step(layers, means, squares, rows.ref, size, root)
      layers = result.layers
      means = result.means
      squares = result.squares
      await blockUntilReady([layers, means, squares])
      return (await result.loss.data())[0]!
    }),
  }
}

await servePeer(prepare)
