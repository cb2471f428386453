import { checkOptions, excerpt } from '../check-options'
import { LmError } from '../lm-error'

/** Which linear maps of a model get a low-rank change, and how large it is (LoRA, 2106.09685). */
export interface LoraConfig {
  /** Rank of the change, r ≥ 1. Default: 8. */
  rank?: number
  /** α > 0: the change is multiplied by α / r. Default: 8. */
  alpha?: number
  /** Probability with which an input of the change is set to 0 in training, in [0, 1). Default: 0. */
  dropout?: number
  /**
   * Names of linear maps, or the ends of their names such as `q_proj` or `self_attn.q_proj`; `all-linear` is all but the
   * output projection. Default: `all-linear`.
   */
  targetModules?: readonly string[] | 'all-linear'
  /** Multiplies by α / √r instead (2312.03732). Default: false. */
  useRslora?: boolean
}

/** @throws LmError `INVALID_OPTION` for options that are unknown or out of range. */
export function resolveLora(lora: LoraConfig): Required<LoraConfig> {
  checkOptions('lora', lora, {
    rank: true,
    alpha: true,
    dropout: true,
    targetModules: true,
    useRslora: true,
  })
  const { rank = 8, alpha = 8, dropout = 0, targetModules = 'all-linear', useRslora = false } = lora
  const resolved = { rank, alpha, dropout, targetModules, useRslora }
  requireOption('rank', rank, Number.isSafeInteger(rank) && rank >= 1, 'a whole number ≥ 1')
  requireOption('alpha', alpha, Number.isFinite(alpha) && alpha > 0, 'a number > 0')
  requireOption('dropout', dropout, dropout >= 0 && dropout < 1, 'a number in [0, 1)')
  const isList = Array.isArray(targetModules) && targetModules.every((name) => typeof name === 'string')
  const named = targetModules === 'all-linear' || (isList && targetModules.length > 0)
  requireOption('targetModules', targetModules, named, 'names of modules, or "all-linear"')
  requireOption('useRslora', useRslora, typeof useRslora === 'boolean', 'true or false')
  // `isList` has looked at the names, which TypeScript does not carry over to `resolved`.
  return resolved as Required<LoraConfig>
}

function requireOption(name: string, value: unknown, valid: boolean, expected: string): void {
  if (!valid)
    throw new LmError('INVALID_OPTION', `lora: ${name}: expected ${expected}, got ${excerpt(value)}`)
}

/** What a change is multiplied by: α / r, or α / √r. */
export function loraScale(lora: LoraConfig): number {
  const { rank, alpha, useRslora } = resolveLora(lora)
  return alpha / (useRslora ? Math.sqrt(rank) : rank)
}
