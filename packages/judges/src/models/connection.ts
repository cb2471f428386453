import type { CallOptions } from '../chat-model'
import { JudgeError, type JudgeErrorCode } from '../judge-error'
import type { Usage } from '../usage'
import { jsonAt } from './json-at'
import { isNotFound, withModelNames } from './name-models'
import type { Redactor } from './redact'
import { type RequestSetup, requestSetup, type ServerCall } from './request-setup'
import { requestWithRetries } from './request-with-retries'
import { abortedError, excerpt } from './server-error'
import { identityOf } from './server-identity'
import type { ServerOptions } from './server-options'
import { readTokenCounts, usageOf } from './usage-of'

/** A server and how to ask it. Everything that it throws is a JudgeError without secrets. */
export interface Connection {
  /** The model's name, as the server lists it. */
  readonly model: string
  /** The address, as it may be shown. */
  readonly server: string
  /** The address without `/v1`, where routes are that are not OpenAI's. */
  readonly root: string
  /** Takes secrets out of texts and errors. */
  readonly redactor: Redactor
  /** The answer: parsed JSON, or the text that was asked for. */
  readonly request: (call: ServerCall, options?: CallOptions) => Promise<unknown>
  /** The error for an answer that is JSON, but not of the expected form. */
  readonly badResponse: (what: string, code?: JudgeErrorCode) => JudgeError
  /** The error of a request that its caller has stopped. */
  readonly aborted: (signal: AbortSignal) => JudgeError
  /** The usage of one answer, by its field `usage`. */
  readonly usage: (answer: unknown) => Usage
  /** Tells the caller, once, what is done otherwise than asked for. */
  readonly notice: (text: string) => void
  /** What tells answers of this server and model from others: no secrets. */
  readonly identity: Readonly<Record<string, unknown>>
}

function requester(setup: RequestSetup): Connection['request'] {
  return async (call, { signal } = {}) => {
    try {
      return await requestWithRetries(setup, call, signal)
    } catch (error) {
      if (!isNotFound(error) || !call.path.startsWith('/chat')) throw error
      const named = await withModelNames(setup, error, signal)
      throw signal?.aborted ? abortedError(setup, signal) : named
    }
  }
}

/** Tells each notice once. */
function notices(onNotice: ServerOptions['onNotice'], redactor: Redactor): Connection['notice'] {
  const told = new Set<string>()
  return (text) => {
    const clean = redactor.text(text)
    if (told.has(clean)) return
    told.add(clean)
    onNotice?.(clean)
  }
}

/**
 * Connects to a server: nothing is sent yet. Throws `INVALID_OPTION` or `OUT_OF_RANGE` for options that are wrong, and
 * `INVALID_INPUT` for an `extraBody` that is no plain JSON.
 */
export function connect(options: ServerOptions): Connection {
  const setup = requestSetup(options)
  const { address, redactor } = setup
  const { model } = options
  const server = redactor.text(address.url)
  const notice = notices(options.onNotice, redactor)
  return {
    model,
    server,
    root: address.root,
    redactor,
    notice,
    request: requester(setup),
    badResponse: (what, code = 'BAD_RESPONSE') => {
      const message = `${server}, model ${JSON.stringify(model)}: ${excerpt(redactor.text(what))}`
      return new JudgeError(code, 'baseUrl', redactor.text(message))
    },
    aborted: (signal) => abortedError(setup, signal),
    usage: (answer) => {
      const counts = readTokenCounts(jsonAt(answer, 'usage'))
      if (!counts) notice(`${server} does not say how many tokens it used: they are counted as 0.`)
      return usageOf(counts ?? { promptTokens: 0, completionTokens: 0 }, options.prices)
    },
    identity: identityOf(options, address, redactor),
  }
}
