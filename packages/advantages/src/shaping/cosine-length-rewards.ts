import type { FlagVector, Vector, VectorLike } from '../arrays'
import { checkNames, checkPositive, checkRange } from '../check-options'
import { checkLengths } from '../lengths'
import { checkFinite, readFlagVector, readVector, vectorLike } from '../rows'

/** Options of {@link cosineLengthRewards}. */
export interface CosineLengthOptions {
  /** L_max > 0: the length in tokens at which the reward reaches that of the longest response. */
  maxLength: number
  /** Reward of the longest correct response. Default: 0.5. */
  minValueCorrect?: number
  /** Reward of the shortest correct response, at least `minValueCorrect`. Default: 1. */
  maxValueCorrect?: number
  /** Reward of the shortest wrong response. Default: −1. */
  minValueWrong?: number
  /** Reward of the longest wrong response, at least `minValueWrong`. Default: −0.5. */
  maxValueWrong?: number
}

const names = {
  maxLength: true,
  minValueCorrect: true,
  maxValueCorrect: true,
  minValueWrong: true,
  maxValueWrong: true,
} as const

/**
 * Rewards of correct and wrong responses by length: from the reward of the shortest to that of the longest along half a
 * cosine, v_L + ½·(v₀ − v_L)·(1 + cos(π·min(L/L_max, 1))). Shorter is better for a correct response, and worse for a wrong
 * one.
 *
 * Source: 2502.03373, appendix C.1. Proven against TRL 1.16.0 (`_CosineScaledReward`).
 *
 * @param lengths tokens of each response, 0 or more, `[B]`.
 * @param correct `[B]`, 1 or true for correct responses.
 * @returns `[B]`, in the form of `lengths`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for lengths and flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function cosineLengthRewards<V extends Vector>(
  lengths: V,
  correct: FlagVector,
  options: CosineLengthOptions,
): VectorLike<V> {
  checkNames('cosineLengthRewards', options, names)
  const { maxLength, minValueCorrect = 0.5, maxValueCorrect = 1 } = options
  const { minValueWrong = -1, maxValueWrong = -0.5 } = options
  checkPositive('maxLength', maxLength)
  checkRange('minValueCorrect', minValueCorrect, {})
  checkRange('maxValueCorrect', maxValueCorrect, { low: minValueCorrect })
  checkRange('minValueWrong', minValueWrong, {})
  checkRange('maxValueWrong', maxValueWrong, { low: minValueWrong })
  const read = readVector('lengths', lengths)
  checkFinite('lengths', read)
  checkLengths(read)
  const flags = readFlagVector('correct', correct, read.length)
  const result = read.map((length, i) => {
    const [shortest, longest] =
      flags[i] === 1 ? [maxValueCorrect, minValueCorrect] : [minValueWrong, maxValueWrong]
    const cosine = Math.cos(Math.min(length / maxLength, 1) * Math.PI)
    return longest + 0.5 * (shortest - longest) * (1 + cosine)
  })
  return vectorLike(lengths, result)
}
