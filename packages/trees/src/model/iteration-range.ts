import { shown } from '../data/shown'
import { TreesError } from '../trees-error'
import type { BoostedTrees } from './boosted-trees'

/** Which iterations of a model are used. */
export interface IterationOptions {
  /** First iteration, from 0. Default: 0. */
  readonly startIteration?: number | undefined
  /** Iterations from there, ≥ 1; more than there are means all of them. Default: all. */
  readonly numIteration?: number | undefined
}

/** Iterations of a model: trees over trees of one iteration. */
const iterationsOf = (model: BoostedTrees): number => model.trees.length / model.numTreePerIteration

/** Iterations `first` to below `end`. @throws TreesError `INVALID_PARAMETER` where they are out of range. */
export function iterationRange(
  model: BoostedTrees,
  options: IterationOptions,
): { first: number; end: number } {
  const { startIteration: first = 0, numIteration = Number.MAX_SAFE_INTEGER } = options
  const iterations = iterationsOf(model)
  if (!Number.isSafeInteger(first) || first < 0 || first > iterations) {
    const message = `startIteration is ${shown(first)}; expected an integer from 0 to ${iterations}, the iterations of the model`
    throw new TreesError('INVALID_PARAMETER', message)
  }
  if (!Number.isSafeInteger(numIteration) || numIteration < 1) {
    const message = `numIteration is ${shown(numIteration)}; expected an integer of at least 1, or none for all iterations`
    throw new TreesError('INVALID_PARAMETER', message)
  }
  return { first, end: Math.min(iterations, first + numIteration) }
}
