import type { Tensor } from '@prefkit/tensor'
import { isHere, listOf } from './batch'
import { LossError } from './loss-error'
import type { PairLoss } from './pair-loss'

type Inputs = Readonly<Record<string, Tensor | undefined>>

/**
 * The losses themselves, unless one is NaN although no input is: then infinities have met, as in ∞ − ∞. NaN inputs give
 * NaN losses. Traced tensors (inside `jit` and `grad`) and those on a device have no elements to look at: their losses
 * stay NaN.
 * @param inputs All that the losses are computed from, options included.
 * @throws LossError `INDETERMINATE` naming the first such loss and the inputs that are not finite.
 */
export function determined(loss: string, losses: Tensor, inputs: Inputs): Tensor {
  const at = wrongAt(losses, inputs)
  if (at >= 0) throw indeterminate(loss, `loss ${at}`, losses, inputs)
  return losses
}

/**
 * The same for losses with metrics. A metric that has no value, such as a mean over +∞ and −∞, throws when it is read,
 * because the losses do not depend on it.
 * @throws LossError `INDETERMINATE` naming the first loss that is NaN although no input is.
 */
export function settled<Metric extends string>(
  loss: string,
  { losses, metrics }: PairLoss<Metric>,
  inputs: Inputs,
): PairLoss<Metric> {
  determined(loss, losses, inputs)
  const readable = { ...metrics }
  for (const [name, metric] of Object.entries<Tensor>(metrics)) {
    if (wrongAt(metric, inputs) < 0) continue
    const get = () => {
      throw indeterminate(loss, `the metric ${name}`, metric, inputs)
    }
    Object.defineProperty(readable, name, { enumerable: true, get })
  }
  return { losses, metrics: readable }
}

const givenOf = (inputs: Inputs): [string, Tensor][] =>
  Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined)

/** The index of the first NaN that no input explains; −1 without one, or if the elements cannot be looked at. */
function wrongAt(x: Tensor, inputs: Inputs): number {
  const at = isHere(x) ? x.data.findIndex(Number.isNaN) : -1
  const explained = () => givenOf(inputs).some(([, input]) => !isHere(input) || input.data.some(Number.isNaN))
  return at < 0 || explained() ? -1 : at
}

function indeterminate(loss: string, what: string, { dtype }: Tensor, inputs: Inputs): LossError {
  const infinite = givenOf(inputs).filter(([, input]) => !input.data.every(Number.isFinite))
  const expected =
    infinite.length > 0
      ? `expected finite numbers where they meet, got infinite ${listOf(infinite.map(([name]) => name))}`
      : `expected inputs and options whose products and sums are finite in ${dtype}`
  return new LossError('INDETERMINATE', `${loss}: ${what} is ∞ − ∞ or 0·∞: ${expected}`)
}
