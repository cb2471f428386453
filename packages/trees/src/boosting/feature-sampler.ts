import type { FeatureSampler } from '../learner/tree-learner'
import type { Parameters } from '../parameters/parameters'
import { LightGbmRandom } from '../random/lightgbm-random'

/** The parameters that say which columns are drawn. */
export type FeatureSampling = Pick<
  Parameters,
  'feature_fraction' | 'feature_fraction_bynode' | 'feature_fraction_seed'
>

const countOf = (total: number, fraction: number) =>
  Math.max(Math.trunc(total * fraction + 0.5), Math.min(1, total))

const flagsOf = (drawn: Int32Array, from: Int32Array | undefined, features: number): Uint8Array => {
  const flags = new Uint8Array(features)
  for (const i of drawn) flags[from ? from[i]! : i] = 1
  return flags
}

/**
 * The features of each tree and node, as LightGBM draws them.
 *
 * Source: LightGBM, `ColSampler`. Proven against LightGBM 4.7.0 (`trees.test.ts`).
 *
 * @param features those that are not trivial.
 */
export function createFeatureSampler(parameters: FeatureSampling, features: number): FeatureSampler {
  const { feature_fraction: byTree, feature_fraction_bynode: byNode, feature_fraction_seed } = parameters
  const random = new LightGbmRandom(feature_fraction_seed)
  const drawTree = () => random.sample(features, countOf(features, byTree))
  // LightGBM draws once when it is given the data, for no tree.
  let ofTree = byTree < 1 ? drawTree() : undefined
  return {
    nextTree() {
      if (byTree >= 1) return new Uint8Array(features).fill(1)
      ofTree = drawTree()
      return flagsOf(ofTree, undefined, features)
    },
    ...(byNode < 1 && {
      nextNode() {
        const total = ofTree?.length ?? features
        return flagsOf(random.sample(total, countOf(total, byNode)), ofTree, features)
      },
    }),
  }
}
