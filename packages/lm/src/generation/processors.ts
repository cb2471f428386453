import { type Candidates, greatest, keepFrom, kthLargest } from './candidates'
import { expOfNegative } from './exp-of-negative'

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
const repetitionPenalty =
  (penalty: number): LogitsProcessor =>
  ({ ids, logits }, previous) => {
    // It comes first, when the candidates are the whole vocabulary, in which a token's id is its place.
    const changed = logits.slice()
    for (const id of previous) changed[id] = logits[id]! < 0 ? logits[id]! * penalty : logits[id]! / penalty
    return { ids, logits: changed }
  }

/** Logits over a temperature: below 1 probable tokens become more probable. */
const temperature =
  (value: number): LogitsProcessor =>
  ({ ids, logits }) => {
    const divided = new Float32Array(logits.length)
    for (let i = 0; i < logits.length; i++) divided[i] = logits[i]! / value
    return { ids, logits: divided }
  }

/** The k most probable tokens, and those as probable as the last of them. */
const topK =
  (k: number): LogitsProcessor =>
  (candidates) => {
    if (k >= candidates.logits.length) return candidates
    return keepFrom(candidates, kthLargest(candidates.logits, k))
  }

/** Into how many parts top-p divides the logits that it may keep; only one of them is sorted. */
const bins = 512

/** How much the logits above `lowest` weigh, by equal parts of what is between `lowest` and `best`. */
function weigh(logits: Float32Array, lowest: number, best: number) {
  const scale = bins / (best - lowest)
  // One more, as the best itself is at the end of the last.
  const weights = new Float64Array(bins + 1)
  let total = 0
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i]!
    const weight = expOfNegative(logit - best)
    total += weight
    if (logit > lowest) weights[((logit - lowest) * scale) | 0]! += weight
  }
  const inBin = (bin: number) => {
    const found: number[] = []
    for (let i = 0; i < logits.length; i++) {
      const logit = logits[i]!
      if (logit > lowest && (((logit - lowest) * scale) | 0) === bin) found.push(logit)
    }
    return Float32Array.from(found).sort()
  }
  return { weights, total, inBin }
}

/**
 * The fewest most probable tokens whose probabilities reach p, at least one (1904.09751); of equally probable ones those of
 * lower id.
 */
const topP =
  (p: number): LogitsProcessor =>
  (candidates) => {
    const { logits } = candidates
    const best = greatest(logits)
    // The best weighs 1, so all tokens together that weigh less than this weigh less than what may go.
    const lowest = best + Math.log((1 - p) / logits.length)
    const { weights, total, inBin } = weigh(logits, lowest, best)
    let bin = bins
    let above = 0
    while (bin > 0 && above + weights[bin]! < p * total) above += weights[bin--]!
    const sorted = inBin(bin)
    let at = sorted.length
    while (at > 0 && above < p * total) above += expOfNegative(sorted[--at]! - best)
    // But for rounding, with which no bin may reach p: then all that is above the lowest stays.
    const least = sorted[at] ?? lowest
    let ties = 0
    while (at + ties < sorted.length && sorted[at + ties] === least) ties++
    return keepFrom(candidates, least, ties)
  }

/** Tokens at least p times as probable as the best (2407.01082). */
const minP =
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
