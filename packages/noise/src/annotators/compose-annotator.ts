import { checkFunction } from '../check-options'
import { type Annotator, checkAnnotator, type Modifier } from './annotator'

/**
 * An annotator with modifiers, each around what stands before it: the last one sees Δr first and the answer last. Shifts
 * of Δr (position, length, self-preference, cycles) commute; `withAbility` and `withFatigue` scale what the modifiers
 * before them get to see, and leave alone what those add; `withTies` goes before all that may turn answers around.
 *
 * @param base such as `logisticAnnotator({ beta: 2 })`.
 * @param modifiers such as `withPositionBias({ strength: 0.3 })`.
 * Source: this package. Proven against its definition.
 *
 * @throws NoiseError `INVALID_OPTION` for what is no annotator or no modifier.
 */
export function composeAnnotator(base: Annotator, ...modifiers: readonly Modifier[]): Annotator {
  checkAnnotator('base', base)
  modifiers.forEach((modifier, i) => {
    checkFunction(`modifiers[${i}]`, modifier, 'a modifier such as withTies(…)')
  })
  return modifiers.reduce((annotator, modifier, i) => {
    const modified = modifier(annotator)
    checkAnnotator(`what modifiers[${i}] makes of an annotator`, modified)
    return modified
  }, base)
}
