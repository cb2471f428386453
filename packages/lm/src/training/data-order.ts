import { uniformsOf } from '../generation/random'

/** How data become batches. */
export interface DataOrderOptions {
  readonly batchSize: number
  readonly seed: number
  /** Draws the order anew for each epoch; else it is that of the data. */
  readonly shuffle: boolean
  /** Puts what is alike in length into one batch, so that less is padding. */
  readonly groupByLength: boolean
}

/** Batches whose data are sorted by length together, when they are. */
const batchesPerBucket = 50

/** `values` in a random order, which depends on the keys alone (Fisher–Yates). */
function shuffled<T>(values: readonly T[], ...keys: readonly number[]): T[] {
  const random = uniformsOf(...keys)
  const result = [...values]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}

const chunks = <T>(values: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size))

/** Of the order of data, and of that of the batches. */
const streams = { data: 1, batches: 2 } as const

/**
 * The batches of an epoch, as places in the data: they depend on seed and epoch alone, so a resumed run has the same ones.
 * @param lengths of the data, in tokens.
 */
export function epochBatches(
  lengths: readonly number[],
  epoch: number,
  options: DataOrderOptions,
): number[][] {
  const { batchSize, seed, shuffle, groupByLength } = options
  const places = lengths.map((_, i) => i)
  const order = shuffle ? shuffled(places, seed, epoch, streams.data) : places
  if (!groupByLength) return chunks(order, batchSize)
  const sorted = chunks(order, batchSize * batchesPerBucket).flatMap((bucket) =>
    bucket.sort((a, b) => lengths[b]! - lengths[a]!),
  )
  const batches = chunks(sorted, batchSize)
  return shuffle ? shuffled(batches, seed, epoch, streams.batches) : batches
}
