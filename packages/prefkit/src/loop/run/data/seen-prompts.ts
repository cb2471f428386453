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

/**
 * Those of the prompts that the policy will respond to while it learns, in their order: which these are depends on the seed and the
 * number of steps alone. All of them where nobody knows, as no policy learns here.
 */
export function seenPrompts(
  config: Pick<RunConfig, 'policy' | 'seed'>,
  prompts: readonly LoopPrompt[],
): readonly LoopPrompt[] {
  const { policy } = config
  if (!policy || !('promptsPerStep' in policy)) return prompts
  const { steps, promptsPerStep } = policy
  const count = steps * promptsPerStep * roundsOf(policy)
  // Every one comes once in an epoch.
  if (count >= prompts.length) return prompts
  const seen = new Set(itemsOfStep(prompts, 0, { count, seed: streamSeed(config, 'policy') }))
  return prompts.filter((prompt) => seen.has(prompt))
}
