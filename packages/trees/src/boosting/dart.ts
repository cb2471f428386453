import type { Tree } from '../model/tree'
import type { Parameters } from '../parameters/parameters'
import { LightGbmRandom } from '../random/lightgbm-random'
import { shrinkTree } from './change-tree'
import type { Ensemble } from './ensemble'
import type { IterationHooks } from './gbdt'
import { addTree, type Scores } from './scores'

/** The parameters of DART. */
export type DartParameters = Pick<
  Parameters,
  | 'learning_rate'
  | 'drop_rate'
  | 'max_drop'
  | 'skip_drop'
  | 'xgboost_dart_mode'
  | 'uniform_drop'
  | 'drop_seed'
>

/** Drawn iterations; `weights` and their `sum` are of the iterations so far. */
function drawDropped(
  { drop_rate, max_drop, uniform_drop }: DartParameters,
  random: LightGbmRandom,
  weights: readonly number[],
  sum: number,
): number[] {
  const inverse = weights.length / sum
  const limit = uniform_drop ? max_drop / weights.length : (max_drop * inverse) / sum
  const rate = max_drop > 0 && limit < drop_rate ? limit : drop_rate
  const dropped: number[] = []
  for (const [i, weight] of weights.entries()) {
    const probability = uniform_drop ? rate : rate * weight * inverse
    if (!(random.nextFloat() < probability)) continue
    dropped.push(i)
    if (max_drop >= 0 && dropped.length >= max_drop) break
  }
  return dropped
}

/** Factors that take a dropped tree, which was multiplied by −1, to its new weight: for validation, then for training. */
function normalisation({ xgboost_dart_mode, learning_rate }: DartParameters, drops: number) {
  return xgboost_dart_mode
    ? { first: learning_rate / (learning_rate + drops), second: -drops / learning_rate, added: learning_rate }
    : { first: 1 / (drops + 1), second: -drops, added: 1 }
}

/**
 * DART: in each iteration some trees are dropped while the next is fitted, and then weigh less. Where no split is found
 * they are put back; LightGBM leaves them with the other sign.
 *
 * Source: Rashmi and Gilad-Bachrach, 1505.01866; LightGBM, `DART`. Proven against LightGBM 4.7.0
 * (`trees.test.ts`).
 */
export function createDart(parameters: DartParameters, ensemble: Ensemble): IterationHooks {
  const { learning_rate, skip_drop, xgboost_dart_mode } = parameters
  const { trees, width, initialIterations, training, validation } = ensemble
  const random = new LightGbmRandom(parameters.drop_seed)
  const weights: number[] = []
  let sum = 0
  let dropped: readonly number[] = []
  let shrinkage = learning_rate

  const change = (iteration: number, rate: number, scores: readonly Scores[]) => {
    for (let k = 0; k < width; k++) {
      const place = (initialIterations + iteration) * width + k
      const tree: Tree = shrinkTree(trees[place]!, rate)
      trees[place] = tree
      for (const one of scores) addTree(one, k, tree)
    }
  }

  return {
    isRandom: true,
    begin() {
      const isSkipped = random.nextFloat() < skip_drop
      dropped = isSkipped ? [] : drawDropped(parameters, random, weights, sum)
      for (const iteration of dropped) change(iteration, -1, [training])
      const drops = dropped.length
      if (!xgboost_dart_mode) shrinkage = learning_rate / (1 + drops)
      else shrinkage = drops === 0 ? learning_rate : learning_rate / (learning_rate + drops)
    },
    shrinkage: () => shrinkage,
    end() {
      const drops = dropped.length
      const { first, second, added } = normalisation(parameters, drops)
      for (const iteration of dropped) {
        change(iteration, first, validation)
        change(iteration, second, [training])
        sum -= weights[iteration]! * (1 / (drops + added))
        weights[iteration]! *= drops / (drops + added)
      }
      weights.push(shrinkage)
      sum += shrinkage
    },
    cancel() {
      for (const iteration of dropped) change(iteration, -1, [training])
    },
  }
}
