import { PrefkitError } from '../../prefkit-error'

/** Options of `prefkit run`. */
export interface RunOptions {
  readonly set?: string[]
  readonly out?: string
  readonly resume?: string
  readonly acceptChanges: boolean
  readonly dryRun: boolean
  readonly example: boolean
  /** A section, or true for all. */
  readonly settings?: string | true
  /** Port of a live page, or true for any. */
  readonly ui?: number | true
  readonly quiet: boolean
  readonly json: boolean
}

/** What is wrong where a run is neither begun nor gone on with, or both. */
export const neitherOrBoth = (): PrefkitError =>
  new PrefkitError('INVALID_CONFIG', 'expected either a file of settings, or --resume <directory>')
