import { type Candidates, greatest } from './candidates'

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

/**
 * A candidate by its probability: the first, by id, at which the sum of probabilities is above `uniform`.
 * @param uniform in [0, 1).
 */
export function drawAt(candidates: Candidates, uniform: number): Drawn {
  const { logits } = candidates
  const best = greatest(logits)
  const weights = new Float64Array(logits.length)
  let total = 0
  for (let i = 0; i < logits.length; i++) total += weights[i] = Math.exp(logits[i]! - best)
  const wanted = uniform * total
  let sum = 0
  let chosen = 0
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! === 0) continue
    // Should rounding leave the sum below what is wanted, it is the last that can come.
    chosen = i
    sum += weights[i]!
    if (sum > wanted) break
  }
  return { id: idAt(candidates, chosen), logProb: logits[chosen]! - best - Math.log(total) }
}
