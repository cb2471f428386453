import { policyGradientPresets } from '../../choices/policy-gradient-presets'
import { itemsOfStep } from '../../prompts/items-of-step'
import type { LoopPrompt } from '../../prompts/prompt'
import type { RunConfig } from '../config/run-config'
import { streamSeed } from '../stream-seed'

type Presets = Readonly<Record<string, { readonly dynamicSampling?: { readonly rounds: number } }>>

/** Draws of a step, at most: more than one where those that teach nothing are replaced. */
function roundsOf(policy: NonNullable<RunConfig['policy']>): number {
  const own = 'dynamicSampling' in policy ? policy.dynamicSampling : undefined
  return (own ?? (policyGradientPresets as Presets)[policy.algorithm]?.dynamicSampling)?.rounds ?? 1
}

/** Prompts of a step of the stages that draw responses to them before the policy learns. */
export const promptsOfDrawing = 8

/** How many of so many prompts the policy will respond to while it learns, at most. */
export function seenCount({ policy }: Pick<RunConfig, 'policy'>, prompts: number): number {
  if (!policy || !('promptsPerStep' in policy)) return prompts
  return Math.min(prompts, policy.steps * policy.promptsPerStep * roundsOf(policy))
}

/**
 * Those of the prompts that the policy will respond to while it learns, in their order: which these are depends on the seed and the
 * number of steps alone. All of them where nobody knows, as no policy learns here.
 */
export function seenPrompts(
  config: Pick<RunConfig, 'policy' | 'seed'>,
  prompts: readonly LoopPrompt[],
): readonly LoopPrompt[] {
  const count = seenCount(config, prompts.length)
  // Every one comes once in an epoch.
  if (count >= prompts.length) return prompts
  const seen = new Set(itemsOfStep(prompts, 0, { count, seed: streamSeed(config, 'policy') }))
  return prompts.filter((prompt) => seen.has(prompt))
}
