import type { Annotator, Modifier } from './annotator'

/**
 * An annotator with modifiers, each around what stands before it: the last one sees Δr first and the answer last. Shifts
 * of Δr (position, length, self-preference, cycles) commute; `withAbility` and `withFatigue` scale what the modifiers
 * before them get to see, and leave alone what those add; `withTies` goes before all that may turn answers around.
 *
 * @param base such as `logisticAnnotator({ beta: 2 })`.
 * @param modifiers such as `withPositionBias({ strength: 0.3 })`.
 */
export function composeAnnotator(base: Annotator, ...modifiers: readonly Modifier[]): Annotator {
  return modifiers.reduce((annotator, modifier) => modifier(annotator), base)
}
