import { type ScheduleName, scheduleNames } from '../../../../lm/step-sizes'
import { count, oneOf, partialShare, positive } from '../values'

/** How a step size goes. */
export const stepSize = (learningRate: number) => ({
  learningRate: positive.default(learningRate).describe('Step size of AdamW.'),
  schedule: oneOf(scheduleNames as readonly [ScheduleName, ...ScheduleName[]])
    .default('constant')
    .describe('How the step size goes over the steps.'),
  warmupRatio: partialShare.default(0).describe('Share of the steps in which the step size rises from 0.'),
})

/** Passes over data that are there. */
export const passes = (defaults: { epochs: number; batchSize: number; learningRate: number }) => ({
  epochs: count.default(defaults.epochs).describe('Passes over the data.'),
  batchSize: count.default(defaults.batchSize).describe('Rows of a step.'),
  ...stepSize(defaults.learningRate),
})
