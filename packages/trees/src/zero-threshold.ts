/** LightGBM's kZeroThreshold: what is within ± this is 0 to it. A float there, so not exactly 1e-35. */
export const ZERO_THRESHOLD = Math.fround(1e-35)

/** The value of a leaf as LightGBM stores it: 0 where it is within ± {@link ZERO_THRESHOLD}. */
export const roundedToZero = (value: number): number =>
  value >= -ZERO_THRESHOLD && value <= ZERO_THRESHOLD ? 0 : value
