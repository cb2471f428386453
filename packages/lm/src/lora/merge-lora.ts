import { add, asTensor, type BackendChoice, jit, matmul, mul, neg, type Tensor } from '@prefkit/tensor'
import { checkOptions } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { headShapes } from '../heads/head-shapes'
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

/** @throws LmError `TENSOR_MISMATCH`, `MISSING_TENSOR` naming the first of a change's weights that has no place or no twin. */
function requirePlaces(config: ModelConfig, { weights }: LowRank): void {
  const factors = linearModules(config).map(({ name }) => factorNames(name))
  const heads = Object.values(headShapes(config)).flatMap((shapes) => Object.keys(shapes))
  const known = new Set([...factors.flatMap(({ down, up }) => [down, up]), ...heads])
  const lost = Object.keys(weights).find((name) => !known.has(name))
  if (lost !== undefined) {
    const problem = `a model of the family ${config.family} has no linear map of this name`
    throw new LmError('TENSOR_MISMATCH', `lowRank: ${lost}: ${problem}`)
  }
  for (const { down, up } of factors) {
    if (Boolean(weights[down]) === Boolean(weights[up])) continue
    const [there, absent] = weights[down] ? [down, up] : [up, down]
    throw new LmError('MISSING_TENSOR', `lowRank: expected ${absent} beside ${there}, got nothing`)
  }
}

async function withChange(
  config: ModelConfig,
  weights: Weights,
  lowRank: LowRank,
  scale: Tensor,
  backend: BackendChoice | undefined,
): Promise<Weights> {
  requirePlaces(config, lowRank)
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
 * @throws LmError `MISSING_TENSOR` when a changed module has no weight, or one factor without the other; `TENSOR_MISMATCH` for a
 *   change of what is no linear map of the model, as by a name with a prefix. Heads that lie with a change are passed over.
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
