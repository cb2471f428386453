import type { PreferencePair } from '../../prompts/preference-pair'

/** Pairs that say which response is better, and no more. */
export interface HardLabels {
  readonly pairs: readonly PreferencePair[]
  /** Of these, those that said how probably it is. */
  readonly hardened: number
  /** Pairs that were less sure than was asked for, or found both as good. */
  readonly unsure: number
}

/** The response that is more probably better first. */
function betterFirst({ preference = 1, ...pair }: PreferencePair) {
  const { prompt, chosen, rejected } = pair
  return preference < 0.5 ? { prompt, chosen: rejected, rejected: chosen } : { prompt, chosen, rejected }
}

/**
 * Pairs for losses that have no soft labels: the response that is more probably better is the better one.
 * @param minPreference least probability of that, in [0.5, 1]; a half is no preference in any case.
 */
export function hardLabels(pairs: readonly PreferencePair[], minPreference: number): HardLabels {
  const sure = pairs.filter(({ preference = 1 }) => {
    const better = Math.max(preference, 1 - preference)
    return better >= minPreference && better !== 0.5
  })
  const hardened = sure.filter(({ preference = 1 }) => preference !== 1).length
  return { pairs: sure.map(betterFirst), hardened, unsure: pairs.length - sure.length }
}
