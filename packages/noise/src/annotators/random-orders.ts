import { checkInteger, checkNames } from '../check-options'
import { uniformsFrom } from '../random/streams'

/** Options of functions that draw something for each of a sequence of items. */
export interface SequenceOptions {
  /** Integer that makes the draws repeat exactly. Default: 0. */
  seed?: number
  /** Place of the first item in the whole sequence, when it is done in parts. Default: 0. */
  offset?: number
}

/** Seed and offset, checked. */
export function checkSequence({ seed = 0, offset = 0 }: SequenceOptions): Required<SequenceOptions> {
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  checkInteger('offset', offset, 0)
  return { seed, offset }
}

/** Keeps these draws apart from others of the same seed. */
const PURPOSE = 0x73776170

/**
 * In which order to show the two responses of each comparison: 1 where the second one comes first, 0 elsewhere, each with
 * probability ½. It depends on the seed and the place of the comparison alone.
 *
 * Source: this package. Proven against its definition, within sampling error.
 *
 * @returns `[count]`, the `swapped` of comparisons.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function randomOrders(count: number, options: SequenceOptions = {}): Uint8Array {
  checkNames('randomOrders', options, { seed: true, offset: true })
  checkInteger('count', count, 0)
  const { seed, offset } = checkSequence(options)
  const uniform = uniformsFrom([PURPOSE, seed], offset)
  return new Uint8Array(count).map(() => Number(uniform() < 0.5))
}
