import type { MlpParams } from '@prefkit/nn'
import {
  argSort,
  type Backend,
  randomKey,
  randomUniform,
  readTree,
  releaseTree,
  tensor,
} from '@prefkit/tensor'
import { heldOutPairs, type Pairs, table, trainingPairs } from './comparisons'
import { beginTraining, compileRewardModel } from './reward-model'
import { featureCount, featuresOf } from './text-features'

const epochs = 40
/** A divisor of the number of training pairs: batches of one size run on the same kernels. */
const batchSize = 50

/** What is known after a step of training, or after an epoch. */
export interface TrainingRecord {
  /** Steps taken. */
  readonly step: number
  /** Of the step's batch. */
  readonly loss?: number
  /** Of all held-out pairs, after an epoch. */
  readonly heldOut?: { readonly loss: number; readonly accuracy: number }
}

/** A reward model in training. */
export interface Trainer {
  /** Trains, a record a step. What was learned is kept when this is left early. */
  train(): AsyncGenerator<TrainingRecord>
  /** The reward of each text by the weights of the best epoch so far; `undefined` before the end of the first. */
  score(texts: readonly string[]): Promise<Float32Array | undefined>
  /** Whether there are weights to score by. */
  hasLearned(): boolean
  /** Frees what was compiled. */
  release(): Promise<void>
}

/** The training pairs in an order that depends on the epoch alone, cut into batches. */
function batchesOf({ chosen, rejected }: Pairs, epoch: number) {
  const order = argSort(randomUniform(randomKey(epoch), [chosen.length])).data
  return Array.from({ length: chosen.length / batchSize }, (_, i) => {
    const batch = order.subarray(i * batchSize, (i + 1) * batchSize)
    const pick = (column: Int32Array) => tensor(Int32Array.from(batch, (pair) => column[pair]!))
    return { chosen: pick(chosen), rejected: pick(rejected) }
  })
}

/** A reward model to be trained on this backend. */
export function createTrainer(backend: Backend): Trainer {
  const { step, evaluate, score } = compileRewardModel(backend)
  const held = { chosen: tensor(heldOutPairs.chosen), rejected: tensor(heldOutPairs.rejected) }
  let best: { readonly loss: number; readonly params: MlpParams } | undefined

  return {
    async *train() {
      let { params, state } = beginTraining(0)
      let steps = 0
      try {
        for (let epoch = 0; epoch < epochs; epoch++) {
          for (const { chosen, rejected } of batchesOf(trainingPairs, epoch)) {
            const result = await step(params, state, table, chosen, rejected)
            ;({ params, state } = result)
            yield { step: ++steps, loss: result.loss.item() }
          }
          const [loss, accuracy] = await evaluate(params, table, held.chosen, held.rejected)
          const heldOut = { loss: loss.item(), accuracy: accuracy.item() }
          // Copied here: the next step uses up what is on the device.
          if (heldOut.loss < (best?.loss ?? Number.POSITIVE_INFINITY))
            best = { loss: heldOut.loss, params: await readTree(params) }
          yield { step: steps, heldOut }
        }
      } finally {
        releaseTree({ params, state })
      }
    },
    async score(texts) {
      if (!best) return undefined
      const rows = tensor(featuresOf(texts), { shape: [texts.length, featureCount] })
      return (await score(best.params, rows)).data as Float32Array
    },
    hasLearned: () => best !== undefined,
    async release() {
      await Promise.all([step.release(), evaluate.release(), score.release()])
    },
  }
}
