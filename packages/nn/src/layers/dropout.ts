import { dropout as drop } from '@prefkit/tensor'
import { NnError } from '../nn-error'
import { requireInRange } from '../require-option'
import type { Layer } from './layer'

/**
 * Sets a share `rate` ∈ [0, 1) of the elements to 0 and scales the others by 1 / (1 − rate) while training, and
 * passes its input on otherwise (Srivastava et al. 2014).
 * @throws NnError `INVALID_OPTION` for a rate outside [0, 1), and when training without `context.key`.
 */
export function dropout(rate: number): Layer<null> {
  requireInRange('rate', rate, 0, 1)
  return {
    init: () => null,
    apply(_, x, { train = false, key } = {}) {
      if (!train || rate === 0) return x
      if (!key)
        throw new NnError('INVALID_OPTION', 'key: dropout needs a random key while training, got none')
      return drop(x, { rate, key })
    },
  }
}
