import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { startTimer } from './timer'

/** A number in [0, 1), another one each time. */
export type Random = () => number

const WARM_UP = 32

/** Seeded where a seed is given, so that a test knows the delays. */
export function jitter(seed: number | undefined): Random {
  if (seed === undefined) return Math.random
  const generator = xoroshiro128plus(seed)
  // The first numbers of neighbouring seeds are nearly the same.
  for (let i = 0; i < WARM_UP; i++) uniformFloat64(generator)
  return () => uniformFloat64(generator)
}

/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  /** Most that is waited before the second attempt; before later ones it doubles each time. */
  readonly base: number
  /** Most that is ever waited. */
  readonly most: number
}

/**
 * Full jitter: uniform in [0, min(most, base·2^attempt)), which spreads clients that failed together.
 *
 * @param attempt - How many attempts failed before this one, from 0.
 */
export const backoffDelay = ({ base, most }: Backoff, attempt: number, random: Random): number =>
  random() * Math.min(most, base * 2 ** attempt)

/** Resolves after so many milliseconds, or rejects with the signal's reason. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      timer.stop()
      reject(signal?.reason)
    }
    const timer = startTimer(milliseconds, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}
