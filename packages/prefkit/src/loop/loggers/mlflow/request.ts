import type { TrackingServer } from './tracking-server'

/** A call of MLflow's REST API. */
export interface MlflowCall {
  readonly method: 'GET' | 'POST'
  /** Below `/api/2.0/mlflow/`, with its query. */
  readonly path: string
  readonly body?: unknown
}

/**
 * Why a call failed: `away` when it may go better later, `forbidden` when nothing will go better for whoever asks,
 * `refused` when the server does not take this call.
 */
export interface MlflowFailure {
  readonly kind: 'away' | 'forbidden' | 'refused'
  /** In plain words, without secrets. */
  readonly reason: string
  /** Such as `RESOURCE_DOES_NOT_EXIST`, where the server says so. */
  readonly code?: string | undefined
  /** Seconds the server wants to be left alone. */
  readonly waitSeconds?: number | undefined
}

/** What came of a call: the parsed JSON, or why there is none. */
export type MlflowOutcome = { readonly answer: unknown } | { readonly failure: MlflowFailure }

/** Statuses after which the same call may go better. */
const passing = (status: number): boolean => status === 408 || status === 429 || status >= 500

const kindOf = (status: number): MlflowFailure['kind'] => {
  if (passing(status)) return 'away'
  return status === 401 || status === 403 ? 'forbidden' : 'refused'
}

const hints: Readonly<Record<number, string>> = {
  401: 'it wants to know who asks: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and …_PASSWORD',
  403: 'whoever asks may not do this: check MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and …_PASSWORD',
}

const parsed = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    // Arrays and objects alike: fields are looked up by name, and an array has none of them.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300)

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function failedResponse(response: Response, text: string): MlflowFailure {
  const { status, headers } = response
  const said = parsed(text)
  const moved = headers.get('location')
  // What a server says of a missing login may quote the login.
  const message = hints[status] ?? oneLine(stringOf(said?.message) ?? text)
  const wait = Number(headers.get('retry-after') ?? Number.NaN)
  return {
    kind: kindOf(status),
    reason: [`it answered ${status}`, moved && `it has moved to ${moved}`, message]
      .filter(Boolean)
      .join(': '),
    code: stringOf(said?.error_code),
    waitSeconds: wait >= 0 ? wait : undefined,
  }
}

/** What went wrong with a connection, by its code; others are told by the code alone. */
const connectionFailures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'there is no host of this name',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EHOSTUNREACH: 'the host could not be reached',
  ENETUNREACH: 'the network could not be reached',
}

function failedConnection(error: unknown): MlflowFailure {
  // fetch throws a TypeError whose cause is what went wrong.
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
  const what = cause?.code ?? cause?.message ?? message
  const said = connectionFailures[what]
  return { kind: 'away', reason: said ? `${said} (${what})` : `it could not be asked (${what})` }
}

/**
 * Makes one call, once. Never rejects: a call that was stopped by the signal failed as `away`.
 *
 * @param timeoutSeconds - Longest time for it.
 */
export async function requestOnce(
  server: TrackingServer,
  { method, path, body }: MlflowCall,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<MlflowOutcome> {
  const timeout = AbortSignal.timeout(Math.round(timeoutSeconds * 1000))
  try {
    const response = await fetch(`${server.url}/api/2.0/mlflow/${path}`, {
      method,
      headers: server.headers,
      // A POST that is redirected becomes a GET.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) return { failure: failedResponse(response, text) }
    const answer = parsed(text)
    if (answer) return { answer }
    const reason = `what answers there is no MLflow: ${oneLine(text) || 'it said nothing'}`
    return { failure: { kind: 'refused', reason } }
  } catch (error) {
    if (timeout.aborted)
      return { failure: { kind: 'away', reason: `no answer within ${timeoutSeconds} seconds` } }
    return { failure: failedConnection(error) }
  }
}
