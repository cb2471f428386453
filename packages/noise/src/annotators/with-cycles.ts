import { checkFinite } from '../check-numbers'
import { checkInteger, checkNames } from '../check-options'
import { NoiseError } from '../noise-error'
import type { Modifier } from './annotator'
import { type PerAnnotator, perAnnotator } from './per-annotator'
import { requiredContext } from './required-context'

/** Options of {@link withCycles}. */
export interface CyclesOptions {
  /** How strong the cycle is against Δr, in units of reward. */
  strength: PerAnnotator
  /** Items in a cycle, ≥ 3: item i stands at the angle 2πi/length. Default: 3, as in rock, paper, scissors. */
  length?: number
  /** Angles in radians by item, instead of `length`. */
  phases?: ArrayLike<number>
}

function phaseOf({ length = 3, phases }: CyclesOptions): (item: number) => number {
  checkInteger('length', length, 3)
  if (phases === undefined) return (item) => (2 * Math.PI * item) / length
  checkFinite('phases', phases)
  const angles = Float64Array.from(phases)
  return (item) => {
    const angle = angles[item]
    if (angle !== undefined) return angle
    const message = `item is ${item}; phases has values for items 0 to ${angles.length - 1}`
    throw new NoiseError('OUT_OF_RANGE', 'phases', message)
  }
}

/**
 * Preferences that are not transitive: Δr + c·sin(θ_first − θ_second), items standing on a circle. Among equals and with
 * `length` 3, item 1 beats item 0, item 2 beats item 1, and item 0 beats item 2: no scores can say that.
 *
 * Source: its equation. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `NOT_FINITE`; when asked, `MISSING_CONTEXT` where nothing says which items are
 *   compared, `OUT_OF_RANGE` for an item that has no phase or an annotator that has no strength.
 */
export function withCycles(options: CyclesOptions): Modifier {
  checkNames('withCycles', options, { strength: true, length: true, phases: true })
  const strength = perAnnotator('strength', options.strength, Number.NEGATIVE_INFINITY)
  const phase = phaseOf(options)
  return (annotator) => (delta, context) => {
    const first = phase(requiredContext('withCycles', 'firstItem', context))
    const second = phase(requiredContext('withCycles', 'secondItem', context))
    return annotator(delta + strength(context.annotator) * Math.sin(first - second), context)
  }
}
