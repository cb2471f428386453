import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs'
import { oneByOne, type PeerRequest, readLayers, readRows, servePeer, type Training } from '../peer.ts'

async function prepare(request: PeerRequest): Promise<Training> {
  const { widths, pairs, learningRate } = request
  await tf.setBackend('wasm')
  await tf.ready()
  const layers = readLayers(request).map(({ inputs, outputs, weight, bias }) => ({
    weight: tf.variable(tf.tensor2d(weight, [inputs, outputs])),
    bias: tf.variable(tf.tensor1d(bias)),
  }))
  const variables = layers.flatMap(({ weight, bias }) => [weight, bias])
  const rows = tf.tensor2d(readRows(request), [2 * pairs, widths[0]!])
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8)
  const lossOf = (): tf.Scalar => {
    const rewards = layers.reduce<tf.Tensor2D>((x, { weight, bias }, i) => {
      const y = tf.add<tf.Tensor2D>(tf.matMul(x, weight), bias)
      return i === layers.length - 1 ? y : tf.relu(y)
    }, rows)
    const difference = tf.sub(
      tf.slice(rewards, [0, 0], [pairs, 1]),
      tf.slice(rewards, [pairs, 0], [pairs, 1]),
    )
    return tf.mean(tf.softplus(tf.neg(difference)))
  }
  return {
    description: `tfjs ${tf.version_core}, wasm, 1 thread (it has no more in Node)`,
    steps: oneByOne(async () => {
      const loss = optimizer.minimize(lossOf, true, variables)!
      const value = (await loss.data())[0]!
      loss.dispose()
      return value
    }),
  }
}

await servePeer(prepare)
