import { NoiseError } from '../noise-error'
import { poisson } from '../random/poisson'
import { uniformsFrom } from '../random/streams'
import { type Counts, countRows, placesOfRows, type RowPlaces } from './cells'
import { informationFactor, type Units, unitsOf } from './covariance'
import type { BradleyTerryFit } from './fit-bradley-terry'
import { maximiseNear } from './newton'
import type { Player } from './paired-comparisons'
import type { Problem } from './problem'
import { isLinked } from './win-graph'

type Model = BradleyTerryFit['model']

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x626f6f74

/** Parameters of each resample that had an estimate, and how many had none. */
export interface Resampled {
  readonly samples: readonly Float64Array[]
  readonly failures: number
}

/** Each cell's counts as Poisson numbers around what they are. */
function resampleCounts({ wins, losses, ties }: Counts, uniform: () => number): Counts {
  const draw = (counts: Float64Array) => counts.map((count) => (count > 0 ? poisson(count, uniform) : 0))
  return { wins: draw(wins), losses: draw(losses), ties: draw(ties) }
}

/** Whole units, each a Poisson(1) number of times. */
function resampleUnits(
  { rows, problem }: Model,
  units: Units,
  places: RowPlaces,
  uniform: () => number,
): Counts {
  const times = Float64Array.from({ length: units.count }, () => poisson(1, uniform))
  const weights = rows.weights.map((weight, row) => weight * times[units.of[row]!]!)
  return countRows(places, problem.cells.first.length, weights)
}

/** Draws counts of one resample after another. */
function resampler(model: Model, units: Units): (uniform: () => number) => Counts {
  if (units.counted) return (uniform) => resampleCounts(model.problem.cells, uniform)
  const places = placesOfRows(model.problem.cells, model.rows)
  return (uniform) => resampleUnits(model, units, places, uniform)
}

/** Whether these counts have a finite estimate, as far as can be said before looking for it. */
function isEstimable({ players, cells, design, penalties, outcomes }: Problem, counts: Counts): boolean {
  const decided = counts.wins.some((count) => count > 0) || counts.losses.some((count) => count > 0)
  const tied = counts.ties.some((count) => count > 0)
  if (outcomes.estimatesTies && !(tied && decided)) return false
  return design !== undefined || penalties[0]! > 0 || isLinked(players, cells, counts)
}

/** The parameters for these counts, or nothing where they have no estimate. */
function refit(
  { problem, parameters }: Model,
  factor: Float64Array,
  counts: Counts,
): Float64Array | undefined {
  if (!isEstimable(problem, counts)) return undefined
  try {
    return maximiseNear(problem, parameters, factor, counts)
  } catch (error) {
    if (NoiseError.isInstance(error)) return undefined
    throw error
  }
}

/**
 * Estimates from resampled comparisons. Independent Poisson numbers around the counts of each cell are, given their sum,
 * what drawing comparisons with replacement gives; so a resample costs as much as there are cells, however many
 * comparisons there are. Clusters, and rows whose weights are no whole numbers, are drawn Poisson(1) times as a whole.
 */
export function bootstrapParameters(
  model: Model,
  { clusters, resamples, seed }: { clusters: ArrayLike<Player> | undefined; resamples: number; seed: number },
): Resampled {
  const draw = resampler(model, unitsOf(model.rows, clusters))
  const factor = informationFactor(model)
  const samples: Float64Array[] = []
  for (let sample = 0; sample < resamples; sample++) {
    const parameters = refit(model, factor, draw(uniformsFrom([PURPOSE, seed, sample])))
    if (parameters !== undefined) samples.push(parameters)
  }
  if (samples.length >= 2) return { samples, failures: resamples - samples.length }
  const message = `resamples is ${resamples}, of which ${samples.length} had a finite estimate; expected at least 2`
  throw new NoiseError('TOO_FEW', 'resamples', message)
}
