import { type PairData, takePairs } from '../pair-data'
import { permutation } from '../shuffle'
import type { MlpOptions } from './mlp-options'

/** The batches of an epoch: they depend on the seed and the epoch alone, so a resumed run draws the same ones. */
export function epochBatches(
  train: PairData,
  { batchSize, sampling }: Pick<MlpOptions, 'batchSize' | 'sampling'>,
  seed: number,
  epoch: number,
): PairData[] {
  const size = train.chosen.length
  const count = Math.ceil(size / batchSize)
  const batches = Array.from({ length: count }, (_, i) => i)
  if (sampling === 'random') {
    const drawn = (i: number) => permutation(size, seed, epoch * count + i).subarray(0, batchSize)
    return batches.map((i) => takePairs(train, drawn(i)))
  }
  const order = permutation(size, seed, epoch)
  return batches.map((i) => takePairs(train, order.subarray(i * batchSize, (i + 1) * batchSize)))
}
