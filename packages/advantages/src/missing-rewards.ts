/** How a reward that is NaN is treated: as an `error`, or excluded. */
export type MissingRewards = 'error' | 'exclude'
