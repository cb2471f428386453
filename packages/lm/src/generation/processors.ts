import { type Candidates, greatest, keepFrom, kthLargest } from './candidates'

/** How tokens are drawn. */
export interface SamplingSettings {
  readonly temperature: number
  readonly topK: number
  readonly topP: number
  readonly minP: number
  readonly repetitionPenalty: number
}

/** What may come next, changed; `previous` are the tokens so far, prompt included, each once. */
export type LogitsProcessor = (candidates: Candidates, previous: Iterable<number>) => Candidates

/** Logits of tokens that have occurred, over the penalty where they are positive and times it where not (1909.05858). */
export const repetitionPenalty =
  (penalty: number): LogitsProcessor =>
  ({ ids, logits }, previous) => {
    // It comes first, when the candidates are the whole vocabulary, in which a token's id is its place.
    const changed = logits.slice()
    for (const id of previous) changed[id] = logits[id]! < 0 ? logits[id]! * penalty : logits[id]! / penalty
    return { ids, logits: changed }
  }

/** Logits over a temperature: below 1 probable tokens become more probable. */
export const temperature =
  (value: number): LogitsProcessor =>
  ({ ids, logits }) => ({ ids, logits: logits.map((logit) => logit / value) })

/** The k most probable tokens, and those as probable as the last of them. */
export const topK =
  (k: number): LogitsProcessor =>
  (candidates) => {
    if (k >= candidates.logits.length) return candidates
    return keepFrom(candidates, kthLargest(candidates.logits, k))
  }

/**
 * The fewest most probable tokens whose probabilities reach p, at least one (1904.09751); of equally probable ones those of
 * lower id.
 */
export const topP =
  (p: number): LogitsProcessor =>
  (candidates) => {
    const { logits } = candidates
    const best = greatest(logits)
    const weights = new Float64Array(logits.length)
    let total = 0
    for (let i = 0; i < logits.length; i++) total += weights[i] = Math.exp(logits[i]! - best)
    const sorted = probable(logits, weights, (1 - p) * total).sort()
    let above = 0
    let at = sorted.length
    while (at > 0 && above < p * total) above += Math.exp(sorted[--at]! - best)
    const least = sorted[at]!
    let ties = 0
    while (at + ties < sorted.length && sorted[at + ties] === least) ties++
    return keepFrom(candidates, least, ties)
  }

/**
 * The logits that top-p may keep: without those that weigh so little that all of them together may go. What is then sorted
 * is a small part of a vocabulary.
 * @param spare how much weight may go.
 */
function probable(logits: Float32Array, weights: Float64Array, spare: number): Float32Array {
  let kept = logits
  let keptWeights = weights
  let left = spare
  for (;;) {
    const bound = left / kept.length
    const [values, their] = [new Float32Array(kept.length), new Float64Array(kept.length)]
    let count = 0
    for (let i = 0; i < kept.length; i++) {
      const weight = keptWeights[i]!
      if (weight <= bound) left -= weight
      else {
        values[count] = kept[i]!
        their[count++] = weight
      }
    }
    const dropped = kept.length - count
    if (count === 0) return kept.slice()
    kept = values.subarray(0, count)
    keptWeights = their.subarray(0, count)
    if (dropped * 8 < count) return kept
  }
}

/** Tokens at least p times as probable as the best (2407.01082). */
export const minP =
  (p: number): LogitsProcessor =>
  (candidates) =>
    keepFrom(candidates, greatest(candidates.logits) + Math.log(p))

/** Each processor with the values that leave everything as it is, in the order of transformers. */
const stages = [
  { make: repetitionPenalty, of: 'repetitionPenalty', idle: (value) => value === 1 },
  { make: temperature, of: 'temperature', idle: (value) => value === 1 || value === 0 },
  { make: topK, of: 'topK', idle: (value) => value === 0 },
  { make: topP, of: 'topP', idle: (value) => value === 1 },
  { make: minP, of: 'minP', idle: (value) => value === 0 },
] satisfies readonly {
  make: (value: number) => LogitsProcessor
  of: keyof SamplingSettings
  idle: (value: number) => boolean
}[]

/** The processors that settings ask for, one after the other. A temperature of 0, which is greedy, is none. */
export function processorsOf(settings: SamplingSettings): LogitsProcessor {
  const wanted = stages
    .filter(({ of, idle }) => !idle(settings[of]))
    .map(({ make, of }) => make(settings[of]))
  return (candidates, previous) => wanted.reduce((left, process) => process(left, previous), candidates)
}
