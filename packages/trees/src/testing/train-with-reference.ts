import { boostWith } from '../boosting/boost-with'
import { checkTraining } from '../boosting/check-training'
import { createFeatureSampler } from '../boosting/feature-sampler'
import { plainBins } from './plain-bins'
import { createReferenceLearner } from './reference-learner'
import type { Train } from './run-golden'

/** Trains with the reference learner. */
export const trainWithReference: Train = async (data, options, settings) => {
  const training = checkTraining(data, options, settings)
  const { parameters, objective } = training
  const binned = plainBins(training.data, parameters)
  const sampler = createFeatureSampler(parameters, binned.used.length)
  const learner = createReferenceLearner(binned, parameters, objective.treesPerIteration, sampler)
  const iterations = boostWith(training, binned, learner)
  for (;;) {
    const { done, value } = await iterations.next()
    if (done) return value
    settings.onIteration?.(value)
  }
}
