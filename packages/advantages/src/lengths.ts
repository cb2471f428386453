import { AdvantageError } from './advantage-error'
import { type Grouped, type Rewards, readAlongside } from './groups/groups'

/** Throws `OUT_OF_RANGE` unless all are numbers of tokens. */
export function checkLengths(lengths: Float64Array): void {
  const at = lengths.findIndex((length) => length < 0 || !Number.isInteger(length))
  if (at === -1) return
  const message = `lengths has ${lengths[at]} for response ${at}; expected a number of tokens, 0 or more`
  throw new AdvantageError('OUT_OF_RANGE', 'lengths', message)
}

/** Reads how many tokens each response has. Throws `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`. */
export function readLengths(lengths: Rewards, grouped: Grouped): Float64Array {
  const read = readAlongside('lengths', lengths, grouped)
  checkLengths(read)
  return read
}
