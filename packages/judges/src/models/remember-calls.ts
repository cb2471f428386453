import { shareCalls } from '../batch/shared-calls'
import type { CallOptions } from '../chat-model'
import type { Connection } from './connection'

/** What a key stands for: asked for where nobody has yet, and joined where somebody is asking just now. */
export type RememberedCalls<T> = (
  key: string,
  ask: (call: CallOptions) => Promise<T>,
  call?: CallOptions,
) => Promise<T>

/**
 * Asks once for what stays as it is, such as the id of a token, however many ask at the same time. Failures are not
 * remembered; one who leaves does not stop it for the others.
 */
export function rememberCalls<T>(connection: Connection): RememberedCalls<T> {
  const known = new Map<string, T>()
  const share = shareCalls<T>()
  return async (key, ask, { signal } = {}) => {
    if (known.has(key)) return known.get(key) as T
    try {
      const { value } = await share(key, (shared) => ask({ signal: shared }), signal)
      known.set(key, value)
      return value
    } catch (error) {
      throw signal?.aborted ? connection.aborted(signal) : error
    }
  }
}
