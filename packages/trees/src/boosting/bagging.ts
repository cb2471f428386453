import type { CheckedData } from '../data/checked-data'
import type { Parameters } from '../parameters/parameters'
import { LightGbmRandom } from '../random/lightgbm-random'
import { type Bag, bagOf, RANDOM_BLOCK, type RowSampler } from './row-sampler'

/** The parameters that say which rows are drawn. */
export type BaggingParameters = Pick<
  Parameters,
  | 'objective'
  | 'bagging_fraction'
  | 'pos_bagging_fraction'
  | 'neg_bagging_fraction'
  | 'bagging_freq'
  | 'bagging_seed'
>

const everyRow: RowSampler = { draw: () => undefined, isRandom: () => false }

/** Objectives that LightGBM counts positive labels of. */
const countsPositives = new Set(['binary'])

/** Generators for each {@link RANDOM_BLOCK} rows, which go on from bag to bag. */
export function blockRandoms(rows: number, seed: number): readonly LightGbmRandom[] {
  return Array.from({ length: Math.ceil(rows / RANDOM_BLOCK) }, (_, i) => new LightGbmRandom(seed + i))
}

type Fractions = Pick<BaggingParameters, 'pos_bagging_fraction' | 'neg_bagging_fraction'>

/** The probability of each row, by the sign of its label. */
function fractionsOf(label: Float32Array, p: Fractions): Float64Array {
  const fractions = new Float64Array(label.length)
  for (let row = 0; row < label.length; row++) {
    fractions[row] = label[row]! > 0 ? p.pos_bagging_fraction : p.neg_bagging_fraction
  }
  return fractions
}

function drawBag(fractions: Float64Array, randoms: readonly LightGbmRandom[], isIn: Uint8Array): Bag {
  randoms.forEach((random, block) => {
    const end = Math.min((block + 1) * RANDOM_BLOCK, isIn.length)
    for (let row = block * RANDOM_BLOCK; row < end; row++) {
      isIn[row] = random.nextFloat() < fractions[row]! ? 1 : 0
    }
  })
  return bagOf(isIn)
}

/**
 * Bagging: every `bagging_freq` iterations each row is drawn with a probability, by the numbers LightGBM draws.
 *
 * Source: LightGBM, `BaggingSampleStrategy`. Proven against LightGBM 4.7.0 (`trees.test.ts`).
 */
export function createBagging(
  parameters: BaggingParameters,
  { features: { rows }, label }: Pick<CheckedData, 'features' | 'label'>,
): RowSampler {
  const { bagging_fraction, pos_bagging_fraction, neg_bagging_fraction, bagging_freq } = parameters
  if (bagging_freq <= 0) return everyRow
  const balanced =
    (pos_bagging_fraction < 1 || neg_bagging_fraction < 1) &&
    countsPositives.has(parameters.objective) &&
    label.some((value) => value > 0)
  if (bagging_fraction >= 1 && !balanced) return everyRow
  const randoms = blockRandoms(rows, parameters.bagging_seed)
  const fractions = balanced ? fractionsOf(label, parameters) : new Float64Array(rows).fill(bagging_fraction)
  const isIn = new Uint8Array(rows)
  const isDue = (iteration: number) => iteration % bagging_freq === 0
  let bag: Bag | undefined
  return {
    draw(iteration) {
      const isWhole = bag !== undefined && bag.rest.length === 0
      if (bag === undefined || (isDue(iteration) && !isWhole)) bag = drawBag(fractions, randoms, isIn)
      return bag.rest.length === 0 ? undefined : bag
    },
    isRandom: isDue,
  }
}
