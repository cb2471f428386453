import { LightGbmRandom } from '../random/lightgbm-random'
import type { BinningParameters } from './feature-bins'

/**
 * Rows that bins are found from, ascending, or undefined for all of them.
 *
 * Source: LightGBM, src/c_api.cpp, `CreateSampleIndices`. Proven against LightGBM 4.7.0
 * (`binning/find-feature-bins.test.ts`).
 */
export function sampleRows(rows: number, parameters: BinningParameters): Int32Array | undefined {
  const count = parameters.bin_construct_sample_cnt
  if (rows <= count) return undefined
  return new LightGbmRandom(parameters.data_random_seed).sample(rows, count)
}
