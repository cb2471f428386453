import type { Tensor } from '@prefkit/tensor'
import { isHere, listOf } from './batch'
import { LossError } from './loss-error'

/**
 * The losses themselves, unless one is NaN although no input is: then an infinite input has met another one, as in
 * ∞ − ∞. NaN inputs give NaN losses. What is traced (inside `jit` and `grad`) or on a device has no elements to look at
 * and stays NaN.
 * @throws LossError `INDETERMINATE` naming the first such loss and the inputs that are not finite.
 */
export function determined(
  loss: string,
  losses: Tensor,
  inputs: Readonly<Record<string, Tensor | undefined>>,
): Tensor {
  if (!isHere(losses)) return losses
  const at = losses.data.findIndex(Number.isNaN)
  if (at < 0) return losses
  const given = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined)
  if (given.some(([, input]) => !isHere(input) || input.data.some(Number.isNaN))) return losses
  const infinite = given.filter(([, input]) => !input.data.every(Number.isFinite)).map(([name]) => name)
  throw new LossError(
    'INDETERMINATE',
    `${loss}: loss ${at} is ∞ − ∞ or 0·∞: expected finite numbers where they meet, got infinite ` +
      `${listOf(infinite) || 'intermediate values'}`,
  )
}
