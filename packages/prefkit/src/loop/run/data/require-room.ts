import { PrefkitError } from '../../../prefkit-error'

/**
 * Refuses responses beside which no prompt has a place.
 * @param setting that says how long responses may be.
 * @throws PrefkitError `INVALID_CONFIG`.
 */
export function requireRoom(setting: string, maxNewTokens: number, context: number): void {
  if (maxNewTokens < context) return
  const problem = `is too large for the model's context of ${context} tokens, in which a prompt needs a place too`
  throw new PrefkitError(
    'INVALID_CONFIG',
    `${setting}: ${problem}: expected less than ${context}, got ${maxNewTokens}`,
  )
}
