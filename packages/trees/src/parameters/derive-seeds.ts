import { LightGbmRandom } from '../random/lightgbm-random'
import type { Parameters } from './parameters'

/** Seeds of what is drawn at random. */
export type Seeds = Pick<
  Parameters,
  'data_random_seed' | 'bagging_seed' | 'drop_seed' | 'feature_fraction_seed' | 'objective_seed'
>

const LARGEST_SHORT = 32_767

/** The seeds that LightGBM draws from `seed`, in its order. */
export function deriveSeeds(seed: number): Seeds {
  const random = new LightGbmRandom(seed)
  const next = () => random.nextShort(0, LARGEST_SHORT)
  const data_random_seed = next()
  const bagging_seed = next()
  const drop_seed = next()
  const feature_fraction_seed = next()
  return { data_random_seed, bagging_seed, drop_seed, feature_fraction_seed, objective_seed: next() }
}
