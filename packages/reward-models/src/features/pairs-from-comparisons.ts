import { type Comparison, promptKey, promptMessages, promptText, responseText } from '@prefkit/datasets'
import type { Embedder, EmbedOptions } from '../embedders/embedder'
import type { PairData } from '../pair-data'
import { RewardModelError } from '../reward-model-error'
import type { FeaturePart } from './feature-parts'
import { featurize, type PromptedResponse } from './featurize'

/** How comparisons become pairs of feature rows. */
export interface ComparisonFeatures {
  readonly embedder: Embedder
  readonly parts: readonly FeaturePart[]
  /**
   * Comparisons with the same group stay on one side of a split. Default: `promptKey`, as `splitByPrompt` has it: those
   * of one prompt, case and white space aside; without a prompt those of the same two responses, so that a response of
   * several such pairs may be on both sides.
   */
  readonly groupOf?: (comparison: Comparison) => string
  /** Learn from the share of votes where the data has it, not from the decision alone. Default: true. */
  readonly softLabels?: boolean
}

/** The text that stands for a prompt: its own, or of a chat the user's last message, which the responses answer. */
export function questionOf({ prompt }: Pick<Comparison, 'prompt'>): string {
  const last = promptMessages(prompt).findLast(({ role }) => role === 'user')
  return last ? last.content : promptText({ prompt })
}

/**
 * The pairs of comparisons over a table of features with one row for each distinct response to a prompt; preference
 * and margin are taken over where the data has them. Progress counts the distinct texts that are embedded.
 * @throws RewardModelError `EMPTY` without comparisons, `INVALID_OPTION`, and what the embedder throws.
 */
export async function pairsFromComparisons(
  comparisons: readonly Comparison[],
  { embedder, parts, groupOf = promptKey, softLabels = true }: ComparisonFeatures,
  options: EmbedOptions = {},
): Promise<PairData> {
  if (comparisons.length === 0) {
    throw new RewardModelError('EMPTY', 'comparisons: expected at least one, got none')
  }
  const { items, indexOf } = distinctItems()
  const column = (side: 'chosen' | 'rejected') =>
    Int32Array.from(comparisons, (comparison) =>
      indexOf({ prompt: questionOf(comparison), response: responseText(comparison[side]) }),
    )
  const [chosen, rejected] = [column('chosen'), column('rejected')]
  const features = await featurize(items, { embedder, parts }, options)
  const some = (name: 'preference' | 'margin') =>
    comparisons.some((comparison) => comparison[name] !== undefined)
  return {
    features,
    chosen,
    rejected,
    groups: numberGroups(comparisons.map(groupOf)),
    ...(softLabels &&
      some('preference') && { preference: Float32Array.from(comparisons, (c) => c.preference ?? 1) }),
    ...(some('margin') && { margin: Float32Array.from(comparisons, (c) => c.margin ?? 0) }),
  }
}

function distinctItems() {
  const items: PromptedResponse[] = []
  const known = new Map<string, number>()
  const indexOf = (item: PromptedResponse): number => {
    const key = JSON.stringify([item.prompt, item.response])
    const index = known.get(key) ?? items.push(item) - 1
    known.set(key, index)
    return index
  }
  return { items, indexOf }
}

/** Equal names get equal numbers, from 0 in order of appearance. */
function numberGroups(names: readonly string[]): Int32Array {
  const numbers = new Map<string, number>()
  return Int32Array.from(names, (name) => {
    const number = numbers.get(name) ?? numbers.size
    numbers.set(name, number)
    return number
  })
}
