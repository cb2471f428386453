import { checkInteger, checkRange } from '../check-options'
import { startTimer, type Timer } from './timer'

/** A place among the requests under way. */
export interface LimitPlace {
  /** Gives the place back. `overloaded`: the server answered 429 or 503, so fewer go next. */
  readonly release: (outcome: 'done' | 'failed' | 'overloaded') => void
}

/** How many requests a server is sent at once: fewer when it says that it is too many, more again when it answers. */
export interface AdaptiveLimit {
  /** Resolves when a request may be sent; rejects with the signal's reason. Those who wait are served in order. */
  readonly acquire: (signal?: AbortSignal) => Promise<LimitPlace>
  /** Nobody starts for so many milliseconds from now, at least 0. */
  readonly pause: (milliseconds: number) => void
  /** How many may be under way at once just now, at least 1. */
  readonly limit: () => number
  /** How many are under way. */
  readonly active: () => number
}

interface Waiting {
  readonly start: () => void
}

/**
 * Additive increase, multiplicative decrease, as TCP does it: starts at `concurrency`, halves when the server is
 * overloaded (once for requests that were under way together), and grows by 1 with each round of answers, to at most
 * `concurrency`. Share one between everything that asks the same server.
 *
 * @param concurrency - Most requests at once, at least 1.
 */
export function adaptiveLimit(concurrency: number): AdaptiveLimit {
  checkInteger('concurrency', concurrency, 1)
  const waiting: Waiting[] = []
  let limit = concurrency
  let active = 0
  let round = 0
  let pausedUntil = 0
  let timer: Timer | undefined

  const wake = () => {
    const pause = pausedUntil - performance.now()
    if (pause > 0) {
      timer?.stop()
      timer = startTimer(Math.ceil(pause), wake)
      return
    }
    while (waiting.length > 0 && active < Math.floor(limit)) waiting.shift()!.start()
  }

  const place = (): LimitPlace => {
    active++
    const born = round
    let isHeld = true
    const release: LimitPlace['release'] = (outcome) => {
      if (!isHeld) return
      isHeld = false
      active--
      if (outcome === 'done') limit = Math.min(concurrency, limit + 1 / limit)
      if (outcome === 'overloaded' && born === round) {
        limit = Math.max(1, limit / 2)
        round++
      }
      wake()
    }
    return { release }
  }

  const acquire = (signal?: AbortSignal): Promise<LimitPlace> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const leave = () => {
        const at = waiting.indexOf(entry)
        if (at >= 0) waiting.splice(at, 1)
        if (waiting.length === 0) timer?.stop()
        reject(signal?.reason)
      }
      const entry: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', leave)
          resolve(place())
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      waiting.push(entry)
      wake()
    })

  return {
    acquire,
    pause: (milliseconds) => {
      checkRange('milliseconds', milliseconds, 0)
      pausedUntil = Math.max(pausedUntil, performance.now() + milliseconds)
    },
    limit: () => Math.floor(limit),
    active: () => active,
  }
}
