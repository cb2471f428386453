import { excerpt } from '../check-options'
import { LmError } from '../lm-error'

/** Whether it is a signal, of whatever realm. */
const isSignal = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'throwIfAborted' in value

const kinds = {
  signal: ['an AbortSignal', isSignal],
  progress: ['a function', (value) => typeof value === 'function'],
} as const satisfies Record<string, readonly [string, (value: unknown) => boolean]>

/** @throws LmError `INVALID_OPTION` for a `signal` or a `progress` that is none. */
export function requireListeners(
  owner: string,
  options: { readonly signal?: unknown; readonly progress?: unknown },
): void {
  for (const name of ['signal', 'progress'] as const) {
    const [expected, allows] = kinds[name]
    const value = options[name]
    if (value === undefined || allows(value)) continue
    throw new LmError('INVALID_OPTION', `${owner}: ${name}: expected ${expected}, got ${excerpt(value)}`)
  }
}
