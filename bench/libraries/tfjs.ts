import * as tf from '@tensorflow/tfjs'
import type { MatmulData, TrainingData } from '../data.ts'
import { inChains, type Library, oneByOne, type Work } from '../work.ts'

function prepareTraining({ layers, rows, widths, pairs, learningRate }: TrainingData): Work['run'] {
  const parameters = layers.map(({ inputs, outputs, weight, bias }) => ({
    weight: tf.variable(tf.tensor2d(weight, [inputs, outputs])),
    bias: tf.variable(tf.tensor1d(bias)),
  }))
  const variables = parameters.flatMap(({ weight, bias }) => [weight, bias])
  const input = tf.tensor2d(rows, [2 * pairs, widths[0]!])
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8)
  const lossOf = (): tf.Scalar => {
    const rewards = parameters.reduce<tf.Tensor2D>((x, { weight, bias }, i) => {
      const y = tf.add<tf.Tensor2D>(tf.matMul(x, weight), bias)
      return i === layers.length - 1 ? y : tf.relu(y)
    }, input)
    const difference = tf.sub(
      tf.slice(rewards, [0, 0], [pairs, 1]),
      tf.slice(rewards, [pairs, 0], [pairs, 1]),
    )
    return tf.mean(tf.softplus(tf.neg(difference)))
  }
  return oneByOne(async () => {
    const loss = optimizer.minimize(lossOf, true, variables)!
    const value = (await loss.data())[0]!
    loss.dispose()
    return value
  })
}

function prepareProducts({ start, factor, size }: MatmulData): Work['run'] {
  const [left, right] = [start, factor].map((data) => tf.tensor2d(data, [size, size]))
  return inChains(async (length) => {
    let product = left!
    for (let i = 0; i < length; i++) {
      const next = tf.matMul<tf.Tensor2D>(product, right!)
      if (i > 0) product.dispose()
      product = next
    }
    const first = tf.slice(product, [0, 0], [1, 4])
    const values = await first.data()
    tf.dispose([product, first])
    return [...values]
  })
}

/** tfjs on a backend that has been registered; `note` says which, for the description. */
export function tfjsLibrary(backend: string, note: string): Library {
  const begin = async <Data>(prepare: (data: Data) => Work['run'], data: Data): Promise<Work> => {
    if (!(await tf.setBackend(backend))) throw new Error(`tfjs: backend ${backend} did not start here`)
    const run = prepare(data)
    return {
      description: `tfjs ${tf.version_core}, ${note}`,
      async run(count) {
        // The backend is one for all of tfjs: another may have been used in between.
        await tf.setBackend(backend)
        return run(count)
      },
    }
  }
  return {
    training: (data) => begin(prepareTraining, data),
    matmul: (data) => begin(prepareProducts, data),
  }
}
