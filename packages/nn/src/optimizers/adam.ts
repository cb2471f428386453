import { type AdamOptions, adamW, requireAdamOptions } from './adam-w'
import { chain } from './chain'
import type { Optimizer } from './optimizer'
import { weightDecay } from './weight-decay'

/**
 * Adam (Kingma & Ba 2015, algorithm 1), as `torch.optim.Adam`: θ ← θ − η·m̂/(√v̂ + ε), with m̂ and v̂ the bias-corrected
 * means of g and g². Weight decay is L2 regularisation here: λθ is added to g first.
 * @throws NnError `INVALID_OPTION` for options out of range.
 */
export function adam(options: AdamOptions): Optimizer {
  requireAdamOptions('adam', options)
  const { weightDecay: rate = 0, mask } = options
  const step = adamW({ ...options, weightDecay: 0 })
  return rate === 0 ? step : chain(weightDecay(rate, { mask }), step)
}
