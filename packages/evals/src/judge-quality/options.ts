import type { BenchmarkOptions } from '../benchmarks/shared/benchmark'
import { settingsOf } from '../benchmarks/shared/options'
import { checkOptions, type OptionNames } from '../check-input'
import { EvalsError } from '../evals-error'
import type { TieRule } from '../pairwise-accuracy'

/** Options of what is said of a judge. */
export interface JudgeQualityOptions {
  /** How a judge's tie counts where the label is none. Default `half`. */
  ties?: TieRule
  /** Integer that makes intervals repeat exactly. Default 0. */
  seed?: number
  /** Resamples of intervals, ≥ 1. Default 1,000. */
  resamples?: number
  /** Coverage of intervals, between 0 and 1. Default 0.95. */
  confidence?: number
}

/** Options with their defaults. */
export type JudgeQualitySettings = Required<JudgeQualityOptions>

const names: OptionNames<JudgeQualityOptions> = { ties: true, seed: true, resamples: true, confidence: true }

const credits: Readonly<Record<TieRule, number>> = { wrong: 0, half: 0.5, exclude: Number.NaN }

/** What a tie is worth; NaN where it is left out. */
export const tieCredit = (rule: TieRule): number => credits[rule]

/** Throws `INVALID_OPTION`, `OUT_OF_RANGE`. */
export function judgeSettings(owner: string, options: JudgeQualityOptions): JudgeQualitySettings {
  checkOptions(owner, options, names)
  const { ties = 'half', ...resampling } = options
  if (!Object.hasOwn(credits, ties)) {
    const message = `ties is ${String(ties)}; expected ${Object.keys(credits).join(', ')}`
    throw new EvalsError('OUT_OF_RANGE', 'ties', message)
  }
  return { ties, ...settingsOf(owner, resampling satisfies BenchmarkOptions) }
}
