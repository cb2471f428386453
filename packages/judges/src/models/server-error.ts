import { JudgeError } from '../judge-error'
import type { Failure } from './failure'
import type { RequestSetup } from './request-setup'

const LONGEST_EXCERPT = 300

/** A line that is short enough for a message. */
export const excerpt = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_EXCERPT ? `${line.slice(0, LONGEST_EXCERPT)}…` : line
}

/** The error of a failure: the server, the model, what happened, what to do. */
function errorOf(setup: RequestSetup, failure: Failure): JudgeError {
  const { redactor, address, options } = setup
  const what = excerpt(redactor.text(failure.what)).replace(/[.:]?$/, '.')
  const message = `${address.url}, model ${JSON.stringify(options.model)}, ${what} ${failure.advice}`.trim()
  const { code, status, parameter, cause } = failure
  return new JudgeError(code, parameter, redactor.text(message), {
    ...(cause === undefined ? {} : { cause: redactor.error(cause) }),
    ...(status === undefined ? {} : { status }),
  })
}

/** The error of a request that its caller has stopped. */
export const abortedError = ({ redactor, address }: RequestSetup, signal: AbortSignal): JudgeError =>
  new JudgeError(
    'ABORTED',
    'signal',
    redactor.text(`the request to ${address.url} was aborted by the caller’s signal`),
    { cause: redactor.error(signal.reason) },
  )

function exhausted(setup: RequestSetup, failure: Failure, attempts: number): JudgeError {
  const cause = errorOf(setup, failure)
  const message = `gave up after ${attempts} attempts; the last: ${cause.message}`
  const status = failure.status === undefined ? {} : { status: failure.status }
  return new JudgeError('RETRIES_EXHAUSTED', failure.parameter, message, { cause, ...status })
}

function tooLongToWait(setup: RequestSetup, failure: Failure): JudgeError {
  const wait = `asks to wait ${Math.ceil(failure.retryAfter! / 1000)} s, longer than maxRetryAfter`
  const what = `${wait} (${setup.maxRetryAfter} ms); it ${failure.what}`
  return errorOf(setup, { ...failure, parameter: 'maxRetryAfter', what })
}

/** The error that a failed attempt ends with, or undefined where another attempt is due. */
export function finalError(
  setup: RequestSetup,
  failure: Failure,
  attempts: number,
  retries: number,
): JudgeError | undefined {
  if (!failure.isTransient || retries === 0) return errorOf(setup, failure)
  if (attempts > retries) return exhausted(setup, failure, attempts)
  return (failure.retryAfter ?? 0) > setup.maxRetryAfter ? tooLongToWait(setup, failure) : undefined
}
