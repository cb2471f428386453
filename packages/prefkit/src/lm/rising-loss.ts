import type { SftRecord } from '@prefkit/lm'

/** So many steps are taken together, as single batches are harder or easier than others. */
const window = 5

/** A loss that is so many times what it was at first has not merely met a harder batch. */
const limit = 3

/** Nats by which it must be higher, too: what is near 0 trebles easily. */
const margin = 1

type Step = Pick<SftRecord, 'step' | 'loss'>

/**
 * Tells that training makes a model worse: the mean loss of the last steps is far above that of the first, before anything was
 * learned. Undefined where it is not.
 * @param records of all steps so far.
 */
export function risingLoss(records: readonly Step[]): string | undefined {
  const first = records[0]
  const recent = records.slice(Math.max(1, records.length - window))
  if (!first || recent.length === 0) return undefined
  const mean = recent.reduce((sum, { loss }) => sum + loss, 0) / recent.length
  if (mean <= limit * first.loss || mean <= first.loss + margin) return undefined
  const rise = `the loss has risen from ${first.loss.toFixed(4)} to ${mean.toFixed(4)} by step ${records.at(-1)!.step}`
  return `${rise}: the training diverges, and a lower --learning-rate may help`
}
