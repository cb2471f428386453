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

/** The greatest number that an f32 holds, about. */
const f32Max = 3.4e38

/** Logits of tokens that have occurred, over the penalty where they are positive and times it where not (1909.05858). */
const repetitionPenalty =
  (penalty: number): LogitsProcessor =>
  ({ ids, logits }, previous) => {
    // It comes first, when the candidates are the whole vocabulary, in which a token's id is its place.
    const changed = logits.slice()
    for (const id of previous) {
      const penalized = logits[id]! < 0 ? logits[id]! * penalty : logits[id]! / penalty
      // No logit becomes infinite by it: nothing could be told from another such.
      if (Number.isFinite(logits[id]!)) changed[id] = Math.min(Math.max(penalized, -f32Max), f32Max)
    }
    return { ids, logits: changed }
  }

/** Beyond it an f32 tells no whole numbers apart. */
const f32Whole = 2 ** 24

/**
 * Logits over a temperature: below 1 probable tokens become more probable. At temperatures so small that quotients would lose
 * what they differ by, or be infinite, they are counted from the greatest, which is 0 then.
 */
const temperature =
  (value: number): LogitsProcessor =>
  ({ ids, logits }) => {
    const best = greatest(logits)
    const origin = Math.abs(best) / value > f32Whole ? best : 0
    const divided = new Float32Array(logits.length)
    for (let i = 0; i < logits.length; i++) divided[i] = (logits[i]! - origin) / value
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

/**
 * How much the logits weigh, by equal parts of what is between `lowest` and 0 above or below the best.
 * @param lowest counted from the best, below 0: very great logits differ by less than a sum with it would keep.
 */
function weigh(logits: Float32Array, lowest: number, best: number) {
  const scale = bins / -lowest
  // One more, as the best itself is at the end of the last.
  const weights = new Float64Array(bins + 1)
  let total = 0
  for (let i = 0; i < logits.length; i++) {
    const below = logits[i]! - best
    const weight = expOfNegative(below)
    total += weight
    if (below > lowest) weights[((below - lowest) * scale) | 0]! += weight
  }
  const inBin = (bin: number) => {
    const found: number[] = []
    for (let i = 0; i < logits.length; i++) {
      const below = logits[i]! - best
      if (below > lowest && (((below - lowest) * scale) | 0) === bin) found.push(logits[i]!)
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
    if (logits.length < 2) return candidates
    const best = greatest(logits)
    // The best weighs 1, so all tokens together that weigh less than this weigh less than what may go.
    const lowest = Math.log((1 - p) / logits.length)
    const { weights, total, inBin } = weigh(logits, lowest, best)
    let bin = bins
    let above = 0
    while (bin > 0 && above + weights[bin]! < p * total) above += weights[bin--]!
    const sorted = inBin(bin)
    let at = sorted.length
    while (at > 0 && above < p * total) above += expOfNegative(sorted[--at]! - best)
    // But for rounding, with which no bin may reach p: then all that is not below the lowest stays.
    if (at === sorted.length) return keepFrom(candidates, best + lowest)
    const least = sorted[at]!
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
