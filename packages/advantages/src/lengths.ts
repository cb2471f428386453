import { AdvantageError } from './advantage-error'
import { type Numbers, type Rewards, readAlongside } from './rewards'

/** Throws `OUT_OF_RANGE` unless all are whole numbers of tokens. */
export function checkLengths(lengths: Float64Array): void {
  const at = lengths.findIndex((length) => length < 0 || !Number.isInteger(length))
  if (at === -1) return
  const message = `lengths has ${lengths[at]} for response ${at}; expected a number of tokens, 0 or more`
  throw new AdvantageError('OUT_OF_RANGE', 'lengths', message)
}

/** Reads the number of tokens of each response. Throws `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE`. */
export function readLengths(lengths: Rewards, like: Numbers): Float64Array {
  const read = readAlongside('lengths', lengths, like)
  checkLengths(read)
  return read
}
