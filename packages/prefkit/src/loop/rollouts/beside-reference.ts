import type { RolloutSource } from './rollout'

/** Apart from those of all policies' draws, which are not below 0: two draws of one model would else be the same. */
const seedBeside = (seed: number): number => -1 - seed

/**
 * Each response of a source, and after it one to the same prompt that is drawn from the reference, or a mixture with it: n is to be 1.
 * @param share of the reference, in [0, 1]: see `RolloutRequest`.
 */
export const besideReference = (source: RolloutSource, share: number): RolloutSource => ({
  isPolicy: false,
  async draw(request) {
    const own = await source.draw(request)
    const others = await source.draw({ ...request, seed: seedBeside(request.seed), reference: share })
    return own.flatMap((each, i) => [each, { ...others[i]!, sample: 1 }])
  },
})
