/** A signal that lets a step end. */
export interface PatientStop {
  /** Comes with the one that was given: at once where no step is going on, or else when that has had its time. */
  readonly signal: AbortSignal
  /** The steps of a generator, each given its time; one that does not heed the signal either, such as a function that never answers, is left behind. */
  steps<Step>(steps: AsyncGenerator<Step, void, void>): AsyncGenerator<Step, void, void>
  /** Frees what steps work with: at once, or once a step that was left behind ends, which nobody waits for. */
  free(release: () => Promise<void>): Promise<void>
  /** Listens no more to the one that was given, which may be that of other runs too. */
  release(): void
}

const left = Symbol('left')

/** Seconds that work has to heed a signal: what it stops in its midst, such as a draw, may have to be freed first. */
const heedingSeconds = 2

/** What work comes to, or that it was left: where it does not heed a signal that has come. */
async function unlessLeft<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result | typeof left> {
  const leaving = Promise.withResolvers<typeof left>()
  let timer: NodeJS.Timeout | undefined
  const leave = (): void => {
    timer = setTimeout(() => leaving.resolve(left), 1000 * heedingSeconds)
  }
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([work, leaving.promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}

/**
 * What is asked to stop in the middle of a step would lose it, and what came before it since the last checkpoint: so a step that ends
 * soon is let to.
 * @param seconds that a step has from when it is asked to stop.
 */
export function patientStop(given: AbortSignal | undefined, seconds: number): PatientStop {
  const controller = new AbortController()
  let isInStep = false
  let timer: NodeJS.Timeout | undefined
  let ending: Promise<unknown> | undefined
  const stop = (): void => controller.abort(given?.reason)
  const asked = (): void => {
    if (isInStep) timer = setTimeout(stop, 1000 * seconds)
    else stop()
  }
  if (given?.aborted) stop()
  given?.addEventListener('abort', asked, { once: true })
  const inStep = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    isInStep = true
    try {
      return await work()
    } finally {
      isInStep = false
      clearTimeout(timer)
    }
  }
  return {
    signal: controller.signal,
    async *steps(steps) {
      try {
        for (;;) {
          const next = await inStep(() => unlessLeft(steps.next(), controller.signal))
          if (next === left) {
            // A generator that is in a step returns after it, which may be never.
            ending = steps.return()
            throw controller.signal.reason
          }
          if (next.done) return
          yield next.value
        }
      } finally {
        if (!ending) await steps.return()
      }
    },
    async free(release) {
      if (!ending) return release()
      ending
        .catch(() => {})
        .then(release)
        .catch(() => {})
    },
    release() {
      clearTimeout(timer)
      given?.removeEventListener('abort', asked)
    },
  }
}
