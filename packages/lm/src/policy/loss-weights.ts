import { neg, type Tensor, tensor, valueAndGrad } from '@prefkit/tensor'
import { LmError } from '../lm-error'
import { type Datum, targetPlaces } from '../training/datum'
import type { LossFunction, LossInputs } from '../training/loss'
import { lossInputs } from '../training/trained-model'
import type { DatumOutputs, LossReport } from '../training/trainer'
import { totalsOf, trainingBatch } from '../training/training-batch'
import type { BatchOptions } from './policy-backend'

/** What has a gradient that no weight of a log-probability has. */
const beyondLogProbs = {
  values: 'values of a head',
  rewards: 'rewards of a head',
  entropies: 'entropies',
  candidateLogProbs: 'candidates',
}

/** What a loss sees, which may look at log-probabilities of targets alone. */
function ofLogProbsAlone(inputs: LossInputs): LossInputs {
  const refuse = (what: string) => (): never => {
    const problem = `${what}: a loss on them is no weights of log-probabilities`
    throw new LmError(
      'INVALID_OPTION',
      `lossWeights: loss: expected one of log-probabilities, got one on ${problem}`,
    )
  }
  const own = { ...inputs }
  for (const [name, what] of Object.entries(beyondLogProbs)) {
    Object.defineProperty(own, name, { get: refuse(what) })
  }
  return own
}

/**
 * A loss as weights of log-probabilities, for a model that takes no loss of ours: data whose only input is
 * `weights` = −∂L/∂ln p, so that the gradient of `crossEntropy` on them is that of the loss.
 * @param outputs what `forward` gave for the data.
 * @returns these data, and the loss with its metrics and numbers of rows.
 * @throws LmError `INVALID_OPTION` when outputs and data do not belong together, for rows that are no whole groups, and for a loss on
 *   values, rewards, entropies or candidates, which weights of log-probabilities cannot say.
 */
export function lossWeights(
  data: readonly Datum[],
  outputs: readonly DatumOutputs[],
  loss: LossFunction,
  { groupSize = 1 }: BatchOptions = {},
): LossReport & { readonly data: readonly Datum[] } {
  const places = data.map(targetPlaces)
  const wrong = places.findIndex(({ length }, i) => outputs[i]?.logProbs.length !== length)
  if (wrong >= 0 || outputs.length !== data.length) {
    const got = outputs[Math.max(wrong, 0)]?.logProbs.length ?? 0
    const problem = `expected ${places[Math.max(wrong, 0)]?.length ?? 0} log-probabilities, one for each target`
    throw new LmError('INVALID_OPTION', `outputs[${Math.max(wrong, 0)}]: ${problem}, got ${got}`)
  }
  if (!(Number.isSafeInteger(groupSize) && groupSize >= 1 && data.length % groupSize === 0)) {
    const problem = `${data.length} rows are no whole number of groups of ${groupSize}`
    throw new LmError('INVALID_OPTION', `lossWeights: groupSize: ${problem}`)
  }
  const batch = trainingBatch(data, groupSize)
  const flat = tensor(Float32Array.from(outputs.flatMap(({ logProbs }) => Array.from(logProbs))))
  const [[value, { metrics, rows }], gradient] = valueAndGrad(
    (logProbs: Tensor) => {
      const own = ofLogProbsAlone(lossInputs({ logProbs }, batch, totalsOf(data)))
      const { loss: total, metrics: sums = {}, rows: each = {} } = loss(own)
      return [total, { metrics: sums, rows: each }]
    },
    { hasAux: true },
  )<Tensor>(flat)
  const weights = neg(gradient).data
  let start = 0
  const weighted = data.map(({ tokens, completionMask }, i) => {
    const own = Array.from(weights.subarray(start, start + places[i]!.length))
    start += own.length
    return { tokens, completionMask, inputs: { weights: own } }
  })
  const numbers = Object.entries(metrics).map(([name, metric]) => [name, metric.item()] as const)
  const told = Object.entries(rows).map(([name, x]) => [name, Float32Array.from(x.data)] as const)
  return {
    ...{ data: weighted, loss: value.item(), metrics: Object.fromEntries(numbers) },
    ...(told.length > 0 ? { rows: Object.fromEntries(told) } : {}),
  }
}
