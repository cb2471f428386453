import { add, asTensor, type BackendChoice, jit, matmul, mul, neg, type Tensor } from '@prefkit/tensor'
import { checkOptions } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { LmError } from '../lm-error'
import type { LowRank, Weights } from '../models/weights'
import { factorNames, linearModules } from './target-modules'

/** Options of {@link mergeLora} and {@link unmergeLora}. */
export interface MergeLoraOptions {
  /** Where to run. Default: `auto`. */
  backend?: BackendChoice
}

/** W + s·B·A of one module, W [out, in]; of GPT-2's [in, out], W + s·(B·A)ᵀ. */
const changed = (inOut: boolean) => (weight: Tensor, down: Tensor, up: Tensor, scale: Tensor) => {
  const change = inOut ? matmul(down, up, { transposeA: true, transposeB: true }) : matmul(up, down)
  return add(weight, mul(scale, change))
}

async function withChange(
  config: ModelConfig,
  weights: Weights,
  lowRank: LowRank,
  scale: Tensor,
  backend: BackendChoice | undefined,
): Promise<Weights> {
  const run = jit(changed(config.family === 'gpt2'), backend === undefined ? {} : { backend })
  const merged: Record<string, Tensor> = { ...weights }
  try {
    for (const { name } of linearModules(config)) {
      const { down, up } = factorNames(name)
      const [a, b] = [lowRank.weights[down], lowRank.weights[up]]
      if (!a || !b) continue
      const weight = weights[`${name}.weight`]
      if (!weight) throw new LmError('MISSING_TENSOR', `weights: expected ${name}.weight, got nothing`)
      merged[`${name}.weight`] = await run(weight, a, b, scale)
    }
  } finally {
    await run.release()
  }
  return merged
}

/**
 * The weights with a low-rank change added into them: W + scale · B · A. A model of these computes what one with the
 * change beside its weights does, up to rounding, and costs no more than one without.
 * @param weights a model's parameters; they are left as they are, and those without a change are shared.
 * @throws LmError `MISSING_TENSOR` when a changed module has no weight.
 */
export function mergeLora(
  config: ModelConfig,
  weights: Weights,
  lowRank: LowRank,
  options: MergeLoraOptions = {},
): Promise<Weights> {
  checkOptions('mergeLora', options, { backend: true })
  return withChange(config, weights, lowRank, asTensor(lowRank.scale, 'f32'), options.backend)
}

/** Takes a change that was merged out again: the weights before, up to the rounding of two additions. */
export function unmergeLora(
  config: ModelConfig,
  weights: Weights,
  lowRank: LowRank,
  options: MergeLoraOptions = {},
): Promise<Weights> {
  checkOptions('unmergeLora', options, { backend: true })
  return withChange(config, weights, lowRank, neg(asTensor(lowRank.scale, 'f32')), options.backend)
}
