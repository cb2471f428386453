import { checkConfidence, checkInteger, checkOptions, type OptionNames } from '../../check-input'
import type { BenchmarkOptions } from './benchmark'
import { checkRows } from './check-rows'

/** {@link BenchmarkOptions} with the defaults filled in. */
export type ResamplingSettings = Required<BenchmarkOptions>

/** The names of {@link BenchmarkOptions}. */
export const benchmarkOptionNames: OptionNames<BenchmarkOptions> = {
  seed: true,
  resamples: true,
  confidence: true,
}

/** The options of a plan, with their defaults; throws `INVALID_ROW` or `EMPTY` for rows that are none too. */
export function planSettings(
  owner: string,
  rows: readonly unknown[],
  options: BenchmarkOptions,
): ResamplingSettings {
  checkRows(rows)
  return settingsOf(owner, options)
}

/** The options checked, with their defaults. `owner` is the task, for messages. */
export function settingsOf(owner: string, options: BenchmarkOptions): ResamplingSettings {
  checkOptions(owner, options, benchmarkOptionNames)
  const { seed = 0, resamples = 1000, confidence = 0.95 } = options
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  checkInteger('resamples', resamples, 1)
  checkConfidence(confidence)
  return { seed, resamples, confidence }
}
