import { checkQualityFunction } from '../annotators/check-quality-function'
import type { Numbers } from '../annotators/comparisons'
import type { QualityFunction } from '../annotators/quality-annotator'
import { checkArray, checkFinite, checkSameLength } from '../check-numbers'
import { checkNames, checkRange } from '../check-options'
import { NoiseError } from '../noise-error'
import { isConcave } from './concave-quality'
import { expectationOfDifference } from './difference'
import { expectedAbsoluteDifference } from './expected-absolute-difference'
import { checkDistribution, type UtilityDistribution } from './utility-distribution'

/** One number for pairs of responses to the same prompt, and one for pairs of responses to any two. */
export interface PairingComparison {
  /** E over prompts x and y₁, y₂ | x. */
  readonly samePrompt: number
  /** E over prompts x₁, x₂ and y₁ | x₁, y₂ | x₂. */
  readonly crossPrompt: number
}

/** Options of {@link compareDifferences} and {@link compareQualities}. */
export interface PairingOptions {
  /** `[P]`, how often each prompt is drawn, ≥ 0 and not all 0; only their ratios count. Default: all alike. */
  weights?: Numbers
}

function sharesOf(prompts: readonly UtilityDistribution[], { weights }: PairingOptions): number[] {
  checkArray('prompts', prompts)
  prompts.forEach((prompt, i) => {
    checkDistribution(`prompts[${i}]`, prompt)
  })
  if (prompts.length === 0) {
    throw new NoiseError('TOO_FEW', 'prompts', 'prompts is empty; expected at least one distribution')
  }
  if (weights === undefined) return prompts.map(() => 1 / prompts.length)
  checkSameLength({ prompts, weights })
  checkFinite('weights', weights)
  const given = Array.from(weights)
  for (const [i, weight] of given.entries()) checkRange(`weights[${i}]`, weight, 0)
  const total = given.reduce((sum, weight) => sum + weight, 0)
  if (total > 0) return given.map((weight) => weight / total)
  throw new NoiseError('OUT_OF_RANGE', 'weights', 'weights are all 0; expected one above 0')
}

type OfPair = (a: UtilityDistribution, b: UtilityDistribution) => number

/** Means of a symmetric function of two prompts: over the same one twice, and over any two drawn independently. */
function compare(
  prompts: readonly UtilityDistribution[],
  shares: readonly number[],
  ofPair: OfPair,
): PairingComparison {
  let [samePrompt, crossPrompt] = [0, 0]
  for (const [i, a] of prompts.entries()) {
    for (let j = 0; j <= i; j++) {
      const value = ofPair(a, prompts[j]!)
      samePrompt += i === j ? shares[i]! * value : 0
      crossPrompt += (i === j ? 1 : 2) * shares[i]! * shares[j]! * value
    }
  }
  return { samePrompt, crossPrompt }
}

/**
 * How far utilities are apart on average in pairs of one prompt and in pairs across prompts: E_x E|r_{x,y₁} −
 * r_{x,y₂}| ≤ E_{x₁,x₂} E|r_{x₁,y₁} − r_{x₂,y₂}|.
 *
 * The paper shows it for Gaussian utilities. It holds for all: 2 E|X − Y| − E|X − X′| − E|Y − Y′| ≥ 0 is the energy
 * distance. The two prompts are drawn independently, so that one may be drawn twice.
 *
 * Source: 2411.04991, Proposition 10. Proven against its equation and simulation; the inequality over random
 * families.
 *
 * @param prompts `[P]`, the utilities of each prompt's responses. Takes P(P + 1)/2 expectations, closed forms for
 *   Gaussian ones and some tenths of a second each for others.
 * @throws NoiseError `TOO_FEW` without prompts; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function compareDifferences(
  prompts: readonly UtilityDistribution[],
  options: PairingOptions = {},
): PairingComparison {
  checkNames('compareDifferences', options, { weights: true })
  return compare(prompts, sharesOf(prompts, options), expectedAbsoluteDifference)
}

/** What {@link compareQualities} finds. */
export interface QualityComparison extends PairingComparison {
  /** True where ξ is concave, so that Theorem 11 promises `crossPrompt` ≥ `samePrompt`; else either may be larger. */
  readonly guaranteed: boolean
}

/**
 * Annotation quality of pairs of one prompt and of pairs across prompts: E_x E ξ(|r_{x,y₁} − r_{x,y₂}|) ≤ E_{x₁,x₂} E
 * ξ(|r_{x₁,y₁} − r_{x₂,y₂}|) for concave ξ.
 *
 * The paper asks for one location-scale family with a symmetric unimodal density. Concavity of ξ is enough, for any
 * utilities at all: sup ξ − ξ(|d|) is then convex and falls to 0, hence positive definite by Pólya's criterion, and
 * the difference of the two sides is half the mean squared maximum mean discrepancy of two prompts. Without concavity
 * it can fail: `guaranteed` says which it is, and `checkConcaveQuality` throws with the place.
 *
 * Source: 2411.04991, Theorem 11. Proven against its equation and simulated annotators; the inequality over random
 * families, and its failure for a ξ that is not concave.
 *
 * @param prompts `[P]`, as for `compareDifferences`.
 * @param quality ξ, such as `expressionQuality('sigmoid(2*delta)')`.
 * @throws NoiseError `TOO_FEW`, `NOT_MONOTONE`, `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function compareQualities(
  prompts: readonly UtilityDistribution[],
  quality: QualityFunction,
  options: PairingOptions = {},
): QualityComparison {
  checkNames('compareQualities', options, { weights: true })
  const shares = sharesOf(prompts, options)
  const ends = prompts.map(({ location, scale }) => Math.abs(location) + 10 * scale)
  const maxDelta = 2 * Math.max(1, ...ends)
  checkQualityFunction(quality, { maxDelta })
  const found = compare(prompts, shares, (a, b) => expectationOfDifference(a, b, quality))
  return { ...found, guaranteed: isConcave(quality, maxDelta) }
}
