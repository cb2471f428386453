import type { LoopPrompt } from '../prompts/prompt'
import type { Rollout } from '../rollouts/rollout'
import { type ComparisonTable, comparisonTable } from './comparison-table'

/** Responses that were drawn for a prompt, of which some may be the same. */
export interface DrawnField {
  readonly prompt: LoopPrompt
  /** Those that differ in their tokens or texts, in the order in which they came. */
  readonly distinct: readonly Rollout[]
  /** For each draw, its place among these. */
  readonly places: readonly number[]
  /** Comparisons of the distinct ones. */
  readonly table: ComparisonTable
  add(drawn: readonly Rollout[]): void
}

/** A field in which nothing was drawn yet. */
export function drawnField(prompt: LoopPrompt): DrawnField {
  const distinct: Rollout[] = []
  const places: number[] = []
  const known = new Map<string, number>()
  return {
    ...{ prompt, distinct, places, table: comparisonTable(prompt, distinct) },
    add(drawn) {
      for (const rollout of drawn) {
        const key = JSON.stringify([rollout.text, rollout.tokens])
        if (!known.has(key)) known.set(key, distinct.push(rollout) - 1)
        places.push(known.get(key)!)
      }
    },
  }
}
