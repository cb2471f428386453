import {
  checkInteger,
  checkNotEmpty,
  checkOptions,
  checkRange,
  checkSameLength,
  type OptionNames,
} from './check-input'
import { EvalsError } from './evals-error'
import { type Interval, wilsonInterval } from './wilson-interval'

/** How predictions are binned. */
export interface BinningOptions {
  /** Number of bins, ≥ 1. Default 10. */
  bins?: number
  /** `width`: equal intervals of probability. `mass`: as near as can be to equal numbers. Default `width`. */
  strategy?: 'width' | 'mass'
  /** The interval of probability that is divided. Default [0, 1]; folded comparisons live in [0.5, 1]. */
  range?: readonly [low: number, high: number]
}

/** The names of {@link BinningOptions} without `range`, which others have too. */
export const binningNames: OptionNames<Omit<BinningOptions, 'range'>> = { bins: true, strategy: true }

/** One bin that holds predictions. */
export interface ReliabilityBin {
  /** Edges; a prediction on an edge belongs to the bin above it, save at the top. */
  low: number
  high: number
  count: number
  /** Mean predicted probability, in [0, 1]. */
  predicted: number
  /** Mean outcome: how often it happened, in [0, 1]. */
  observed: number
  /** Wilson's interval of `observed`. */
  interval: Interval
}

/** What {@link reliability} found. */
export interface Reliability {
  /** Bins that hold a prediction, in order of probability. */
  bins: ReliabilityBin[]
  /** Expected calibration error Σ (count / total) · |observed − predicted|, in [0, 1]. */
  expectedCalibrationError: number
  /** Largest |observed − predicted| of any bin, in [0, 1]. */
  maximumCalibrationError: number
}

/** Rows of one bin, with its edges. */
interface Bin {
  low: number
  high: number
  rows: number[]
}

function widthBins(p: ArrayLike<number>, bins: number, [low, high]: readonly [number, number]): Bin[] {
  const edge = (i: number) => low + ((high - low) * i) / bins
  const made: Bin[] = Array.from({ length: bins }, (_, i) => ({ low: edge(i), high: edge(i + 1), rows: [] }))
  for (let row = 0; row < p.length; row++) {
    let i = Math.min(bins - 1, Math.floor(((p[row]! - low) / (high - low)) * bins))
    // Division can land a value that equals an edge on the wrong side of it.
    if (i > 0 && p[row]! < edge(i)) i--
    else if (i < bins - 1 && p[row]! >= edge(i + 1)) i++
    made[i]!.rows.push(row)
  }
  return made
}

function massBins(p: ArrayLike<number>, bins: number): Bin[] {
  const order = Array.from(p, (_, row) => row).sort((a, b) => p[a]! - p[b]!)
  const made: Bin[] = []
  for (let i = 0, start = 0; i < bins && start < order.length; i++) {
    let end = Math.max(start + 1, Math.round(((i + 1) * order.length) / bins))
    // Equal predictions stay together: which of them came first must not matter.
    while (end < order.length && p[order[end]!] === p[order[end - 1]!]) end++
    const rows = order.slice(start, end)
    made.push({ low: p[rows[0]!]!, high: p[rows.at(-1)!]!, rows })
    start = end
  }
  return made
}

/** Bins rows of predicted probabilities; throws as {@link reliability} does. Not exported by the package. */
export function binPredictions(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  { bins = 10, strategy = 'width', range = [0, 1] }: BinningOptions,
): Bin[] {
  checkNotEmpty('probabilities', probabilities)
  checkSameLength({ probabilities, outcomes })
  checkInteger('bins', bins, 1)
  if (!(range[0] < range[1])) {
    throw new EvalsError('OUT_OF_RANGE', 'range', `range is [${range.join(', ')}]; expected low < high`)
  }
  checkRange('probabilities', probabilities, range[0], range[1])
  checkRange('outcomes', outcomes, 0, 1)
  const made = strategy === 'width' ? widthBins(probabilities, bins, range) : massBins(probabilities, bins)
  return made.filter(({ rows }) => rows.length > 0)
}

/**
 * Reliability diagram: in each bin of predicted probability, how often the thing happened; with ECE and MCE.
 *
 * Naeini, Cooper and Hauskrecht (2015), AAAI; Guo et al. (1706.04599), equation 3.
 *
 * @param probabilities predictions within `range`
 * @param outcomes 1 happened, 0 did not; values between are shares
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function reliability(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  options: BinningOptions = {},
): Reliability {
  checkOptions('reliability', options, { ...binningNames, range: true })
  const bins = binPredictions(probabilities, outcomes, options).map(({ low, high, rows }): ReliabilityBin => {
    const happened = rows.reduce((sum, row) => sum + outcomes[row]!, 0)
    const predicted = rows.reduce((sum, row) => sum + probabilities[row]!, 0) / rows.length
    const interval = wilsonInterval(happened, rows.length)
    return { low, high, count: rows.length, predicted, observed: happened / rows.length, interval }
  })
  const gaps = bins.map((bin) => Math.abs(bin.observed - bin.predicted))
  return {
    bins,
    expectedCalibrationError: gaps.reduce(
      (sum, gap, i) => sum + (gap * bins[i]!.count) / probabilities.length,
      0,
    ),
    maximumCalibrationError: Math.max(...gaps),
  }
}
