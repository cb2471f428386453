import { PrefkitError } from '../../prefkit-error'
import type { PreferencePair } from '../prompts/preference-pair'

/** @throws PrefkitError `INVALID_CONFIG` naming the first pair whose preference is outside [0, 1]. */
export function requirePreferences(
  algorithm: string,
  lists: Readonly<Record<string, readonly PreferencePair[]>>,
): void {
  for (const [name, pairs] of Object.entries(lists)) {
    const at = pairs.findIndex(({ preference = 1 }) => !(preference >= 0 && preference <= 1))
    if (at < 0) continue
    const problem = `expected a number from 0 to 1, got ${pairs[at]!.preference}`
    throw new PrefkitError('INVALID_CONFIG', `${algorithm}: ${name}[${at}].preference: ${problem}`)
  }
}
