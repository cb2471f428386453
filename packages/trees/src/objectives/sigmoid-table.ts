import { exponential } from './exponential'

/** Steps of the table. */
const STEPS = 1 << 20

/** A falling sigmoid, read from a table. */
export interface SigmoidTable {
  /** 1 / (1 + e^(σx)) at the step that x is in. */
  at(x: number): number
}

/**
 * LightGBM's table of 1 / (1 + e^(σx)) for x from −25/σ to 25/σ. Its steps matter: trees are the same only with them.
 *
 * Source: LightGBM, `LambdarankNDCG::ConstructSigmoidTable`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 */
export function sigmoidTable(sigmoid: number): SigmoidTable {
  const least = -50 / sigmoid / 2
  const factor = STEPS / (-least - least)
  const values = new Float64Array(STEPS)
  const exp = exponential()
  for (let i = 0; i < STEPS; i++) values[i] = 1 / (1 + exp((i / factor + least) * sigmoid))
  return {
    at(x) {
      if (x <= least) return values[0]!
      if (x >= -least) return values[STEPS - 1]!
      return values[Math.trunc((x - least) * factor)]!
    },
  }
}
