/** A signal that lets a step end. */
export interface PatientStop {
  /** Comes with the one that was given: at once where no step is going on, or else when that has had its time. */
  readonly signal: AbortSignal
  /** The steps of a generator, each given its time. */
  steps<Step>(steps: AsyncGenerator<Step, void, void>): AsyncGenerator<Step, void, void>
  /** Listens no more to the one that was given, which may be that of other runs too. */
  release(): void
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
          const next = await inStep(() => steps.next())
          if (next.done) return
          yield next.value
        }
      } finally {
        await steps.return()
      }
    },
    release() {
      clearTimeout(timer)
      given?.removeEventListener('abort', asked)
    },
  }
}
