/** LightGBM's kEpsilon: a float there, so not exactly 1e-15. */
export const EPSILON = Math.fround(1e-15)
