import { formatValue } from '@prefkit/tensor'
import { LossError } from './loss-error'

/** Where an option counts. */
export interface OptionEffect {
  /** Its default, which may be spelled out anywhere. */
  readonly preset: unknown
  /** Whether the other options let it count. */
  readonly counts: boolean
  /** The options with which it does, for messages. */
  readonly only: string
}

/**
 * @throws LossError `INVALID_OPTION` naming the first option that is set to something other than its default where it
 *   does not count, so that nobody takes a loss for another one. One rule for each option that does not always count.
 */
export function requireEffects<T extends object>(
  loss: string,
  options: T,
  rules: { readonly [Name in keyof T]?: OptionEffect },
): void {
  for (const [name, { preset, counts, only }] of Object.entries(rules) as [
    keyof T & string,
    OptionEffect,
  ][]) {
    const value: unknown = options[name]
    if (counts || value === undefined || value === preset) continue
    throw new LossError(
      'INVALID_OPTION',
      `${loss}: ${name}: has no effect here, expected ${only} with it, got ${formatValue(value)}`,
    )
  }
}
