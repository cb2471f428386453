/** How well probabilities tell labels. */
export interface Scores {
  /** Area under the ROC curve; rows of equal probability count half. */
  readonly auc: number
  readonly logLoss: number
}

type Numbers = Float32Array | Float64Array

/** Scores of probabilities of labels 0 and 1. */
export function scoresOf(probabilities: Numbers, labels: Numbers): Scores {
  if (probabilities.length !== labels.length)
    throw new Error(`expected ${labels.length} probabilities, got ${probabilities.length}`)
  const order = Uint32Array.from(labels.keys()).sort((a, b) => probabilities[a]! - probabilities[b]!)
  let [positives, ranks] = [0, 0]
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && probabilities[order[end]!] === probabilities[order[start]!]) end++
    // Ranks begin with 1, and those who are equal share theirs.
    const rank = (start + 1 + end) / 2
    for (let i = start; i < end; i++)
      if (labels[order[i]!] === 1) {
        positives++
        ranks += rank
      }
  }
  const auc = (ranks - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives))
  let loss = 0
  for (let i = 0; i < labels.length; i++)
    loss -= Math.log(labels[i] === 1 ? probabilities[i]! : 1 - probabilities[i]!)
  return { auc, logLoss: loss / labels.length }
}

/** The largest difference between two predictions of a row, relative to the larger of them. */
export function largestDifference(ours: Numbers, theirs: Numbers): number {
  if (ours.length !== theirs.length)
    throw new Error(`expected ${theirs.length} predictions, got ${ours.length}`)
  let largest = 0
  for (let i = 0; i < ours.length; i++) {
    if (ours[i] === theirs[i]) continue
    const difference = Math.abs(ours[i]! - theirs[i]!) / Math.max(Math.abs(ours[i]!), Math.abs(theirs[i]!))
    if (Number.isNaN(difference)) return difference
    largest = Math.max(largest, difference)
  }
  return largest
}
