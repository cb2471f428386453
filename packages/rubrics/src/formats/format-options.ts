/**
 * Whether the item's reference is shown to the judge: never; where the item has one and the template a place for it; or
 * always, so that an item without one is refused.
 */
export type ReferenceUse = 'none' | 'optional' | 'required'

/** What every format can be told. */
export interface FormatOptions {
  /**
   * The name in reports and journals. Default: that of the format with the version of its wording, such as
   * `pointwise-1`, and a hash of the other options where there are any.
   */
  readonly name?: string
  /** A message of the system before the prompt, taken as it is. Default: none. */
  readonly system?: string
  /** Whether the item's reference is shown. Default: `optional`. */
  readonly reference?: ReferenceUse
}
