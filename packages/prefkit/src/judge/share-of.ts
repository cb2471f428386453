import { bootstrapInterval, type Interval, wilsonInterval } from '@prefkit/evals'

/** A share of trials with its interval: Wilson's, or by drawing prompts where several trials are of one. */
export interface Share {
  readonly value: number
  readonly trials: number
  readonly interval: Interval
}

/** Credit for a trial, from 0 to 1, and the prompt that it is of. */
export interface Trial {
  readonly credit: number
  readonly group: string
}

/**
 * The mean credit of trials; nothing without any. Where all prompts come to the same, drawing them says nothing, and Wilson's
 * interval of so many prompts is given.
 */
export function shareOf(trials: readonly Trial[], seed: number): Share | undefined {
  if (trials.length === 0) return undefined
  const credits = trials.map(({ credit }) => credit)
  const value = credits.reduce((total, credit) => total + credit, 0) / trials.length
  const groups = trials.map(({ group }) => group)
  const clusters = new Set(groups).size
  const isOfOne = clusters === trials.length || credits.every((credit) => credit === credits[0])
  const interval = isOfOne
    ? wilsonInterval(value * clusters, clusters)
    : bootstrapInterval(credits, { groups, seed })
  return { value, trials: trials.length, interval }
}
