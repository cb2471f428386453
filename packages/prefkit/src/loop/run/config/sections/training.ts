import { type ScheduleName, scheduleNames } from '../../../../lm/step-sizes'
import { count, oneOf, partialShare, positive } from '../values'

/** How a step size goes. */
export const stepSize = (learningRate: number) => ({
  learningRate: positive.default(learningRate),
  schedule: oneOf(scheduleNames as readonly [ScheduleName, ...ScheduleName[]]).default('constant'),
  /** Share of the steps in which it rises from 0. */
  warmupRatio: partialShare.default(0),
})

/** Passes over data that are there. */
export const passes = (defaults: { epochs: number; batchSize: number; learningRate: number }) => ({
  epochs: count.default(defaults.epochs),
  batchSize: count.default(defaults.batchSize),
  ...stepSize(defaults.learningRate),
})
