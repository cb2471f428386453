import type { Summary } from './statistics'

/** Standard errors by which a mean has to be beyond a threshold. */
const errors = 3

/** The mean is above the limit, whatever the noise of the window: mean − 3 standard errors > limit. */
export const isSurelyAbove = ({ mean, error }: Summary, limit: number): boolean =>
  mean - errors * error > limit

/** The mean is below the limit, whatever the noise of the window: mean + 3 standard errors < limit. */
export const isSurelyBelow = ({ mean, error }: Summary, limit: number): boolean =>
  mean + errors * error < limit
