import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { checkInteger, checkNames } from '../check-options'
import { NoiseError } from '../noise-error'
import { streamOf } from '../random/streams'

/** Options of {@link assignAnnotators}. */
export interface AssignAnnotatorsOptions {
  /** How many comparisons there are, ≥ 0. */
  comparisons: number
  /** How many annotators there are, ≥ 1. */
  annotators: number
  /** How many different annotators answer each comparison, from 1 to all of them. Default: 1. */
  perComparison?: number
  /** Integer that makes the assignment repeat exactly. Default: 0. */
  seed?: number
}

/** Who answers which comparison, one entry for each annotation; those of one comparison stand together. */
export interface AnnotatorAssignment {
  /** Which comparison. */
  readonly comparisons: Int32Array
  /** Which annotator. */
  readonly annotators: Int32Array
  /** How many comparisons the annotator has answered before. */
  readonly times: Int32Array
}

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x77686f

/**
 * Annotators for comparisons, at random: each comparison is answered by `perComparison` different ones, each set of them
 * as likely as any other. Who answers a comparison depends on the seed and its place alone.
 *
 * Source: Floyd's algorithm (Bentley and Floyd 1987) for the draws. Proven against its definition, within sampling error.
 *
 * @returns `[comparisons · perComparison]` of each.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function assignAnnotators(options: AssignAnnotatorsOptions): AnnotatorAssignment {
  const names = { comparisons: true, annotators: true, perComparison: true, seed: true } as const
  checkNames('assignAnnotators', options, names)
  const { comparisons: count, annotators: crowd, perComparison = 1, seed = 0 } = options
  checkInteger('comparisons', count, 0)
  checkInteger('annotators', crowd, 1)
  checkInteger('perComparison', perComparison, 1)
  if (perComparison > crowd) {
    const message = `perComparison is ${perComparison} and annotators is ${crowd}; expected at least as many annotators as answer each comparison`
    throw new NoiseError('OUT_OF_RANGE', 'perComparison', message)
  }
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  const size = count * perComparison
  const result = {
    comparisons: new Int32Array(size),
    annotators: new Int32Array(size),
    times: new Int32Array(size),
  }
  const answered = new Int32Array(crowd)
  for (let comparison = 0, place = 0; comparison < count; comparison++) {
    for (const annotator of drawn(perComparison, crowd, streamOf(PURPOSE, seed, comparison))) {
      result.comparisons[place] = comparison
      result.annotators[place] = annotator
      result.times[place] = answered[annotator]!
      answered[annotator]! += 1
      place += 1
    }
  }
  return result
}

/** `count` different integers below `end`, each set as likely as any other (Floyd's algorithm). */
function drawn(count: number, end: number, generator: ReturnType<typeof streamOf>): Set<number> {
  const chosen = new Set<number>()
  for (let top = end - count; top < end; top++) {
    const value = uniformInt(generator, 0, top)
    chosen.add(chosen.has(value) ? top : value)
  }
  return chosen
}
