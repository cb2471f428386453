import { AdvantageError } from './advantage-error'
import { type Grouped, type Rewards, readAlongside } from './groups'

/** Reads how many tokens each response has. Throws `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`. */
export function readLengths(lengths: Rewards, grouped: Grouped): Float64Array {
  const read = readAlongside('lengths', lengths, grouped)
  const at = read.findIndex((length) => length < 0 || !Number.isInteger(length))
  if (at === -1) return read
  const message = `lengths has ${read[at]} for response ${at}; expected a number of tokens, 0 or more`
  throw new AdvantageError('OUT_OF_RANGE', 'lengths', message)
}
