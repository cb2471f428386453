import type { Objective } from './objective'

/** Objectives with one score for a row, trained whatever the labels are. */
export function oneScore(
  description: string,
  objective: Pick<Objective, 'computeGradients' | 'isRandom' | 'renewLeaf'> & {
    boostFromScore: () => number
  },
): Objective {
  return { treesPerIteration: 1, numClass: 1, needsTraining: () => true, description, ...objective }
}
