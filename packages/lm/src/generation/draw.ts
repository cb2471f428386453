import { LmError } from '../lm-error'
import { type Candidates, greatest } from './candidates'
import { expOfNegative } from './exp-of-negative'

/** A token that was chosen. */
export interface Drawn {
  readonly id: number
  /** ln of its probability among the candidates. */
  readonly logProb: number
}

const idAt = ({ ids }: Candidates, place: number): number => ids?.[place] ?? place

/** The most probable candidate; the lowest id of several. */
export function drawBest(candidates: Candidates): Drawn {
  const { logits } = candidates
  let best = 0
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i
  return { id: idAt(candidates, best), logProb: 0 }
}

/** How many candidates' probabilities are added up at a time; those of one block are computed twice, none is stored. */
const block = 256

/**
 * A candidate by its probability: the first, by id, at which the sum of probabilities is above `uniform`.
 * @param uniform in [0, 1).
 * @throws LmError `NOT_FINITE` when none of them has a probability, as of logits that are no numbers.
 */
export function drawAt(candidates: Candidates, uniform: number): Drawn {
  const { logits } = candidates
  const best = greatest(logits)
  const sums = new Float64Array(Math.ceil(logits.length / block))
  let total = 0
  for (let b = 0; b < sums.length; b++) {
    const end = Math.min(logits.length, (b + 1) * block)
    let sum = 0
    for (let i = b * block; i < end; i++) sum += expOfNegative(logits[i]! - best)
    sums[b] = sum
    total += sum
  }
  if (!(total > 0)) throw new LmError('NOT_FINITE', 'the logits to draw from are no finite numbers')
  const wanted = uniform * total
  let b = 0
  let before = 0
  while (b < sums.length - 1 && before + sums[b]! <= wanted) before += sums[b++]!
  const chosen = within(logits, best, b * block, wanted - before)
  return { id: idAt(candidates, chosen), logProb: logits[chosen]! - best - Math.log(total) }
}

/** The place from `start` on at which the sum of weights is above `wanted`. */
function within(logits: Float32Array, best: number, start: number, wanted: number): number {
  let sum = 0
  let chosen = -1
  for (let i = start; i < logits.length; i++) {
    const weight = expOfNegative(logits[i]! - best)
    if (weight === 0) continue
    chosen = i
    sum += weight
    if (sum > wanted) return i
  }
  // Rounding left the sum below what is wanted: it is the last that can come.
  return chosen >= 0 ? chosen : logits.findLastIndex((logit) => logit - best > -709)
}
