/** Tokens that may come next. */
export interface Candidates {
  /** Their ids, ascending; `undefined` when they are the whole vocabulary. */
  readonly ids: Int32Array | undefined
  /** A logit for each; −∞ for what cannot come. */
  readonly logits: Float32Array
}

/** The greatest of some numbers; −∞ of none. */
export function greatest(values: Float32Array): number {
  let best = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) if (values[i]! > best) best = values[i]!
  return best
}

/** The candidates with logits above `least`, and the first `ties` of those that equal it. */
export function keepFrom(
  { ids, logits }: Candidates,
  least: number,
  ties = Number.POSITIVE_INFINITY,
): Candidates {
  let [above, equal] = [0, 0]
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! > least) above++
    else if (logits[i]! === least) equal++
  }
  const kept = {
    ids: new Int32Array(above + Math.min(equal, ties)),
    logits: new Float32Array(above + Math.min(equal, ties)),
  }
  let left = ties
  let count = 0
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i]!
    if (!(logit >= least) || (logit === least && left-- <= 0)) continue
    kept.ids[count] = ids ? ids[i]! : i
    kept.logits[count++] = logit
  }
  return kept
}

/** The k-th largest of some numbers, and −∞ when fewer are above that; in one pass, sorting k at a time. */
export function kthLargest(values: Float32Array, k: number): number {
  const buffer = new Float32Array(Math.max(2 * k, 64))
  let filled = 0
  let least = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!(value > least)) continue
    buffer[filled++] = value
    if (filled < buffer.length) continue
    buffer.sort().copyWithin(0, filled - k)
    filled = k
    least = buffer[0]!
  }
  return filled < k ? Number.NEGATIVE_INFINITY : buffer.subarray(0, filled).sort()[filled - k]!
}
