// Apart from the designs, which take long to load: help and faults of usage must not wait for them.

/** Pairing designs of the command line. */
export const designNames = [
  'same-prompt',
  'cross-prompt',
  'random',
  'similar',
  'diversified',
  'top-vs-rest',
  'best-vs-worst',
  'swiss',
  'knock-out',
  'active',
  'uncertainty',
  'thompson',
] as const

/** A pairing design of the command line. */
export type DesignName = (typeof designNames)[number]

/** Annotators of the command line. */
export const annotatorNames = ['logistic', 'probit', 'perfect', 'expression'] as const

/** An annotator of the command line. */
export type AnnotatorName = (typeof annotatorNames)[number]

/** Pairs that an error rate can be of. */
export const calibrationNames = ['design', 'same-prompt'] as const

/** Pairs that an error rate can be of. */
export type CalibrationName = (typeof calibrationNames)[number]

/** Families of utilities that can be drawn. */
export const utilityNames = ['normal', 'logistic', 'gumbel', 'laplace', 'uniform'] as const

/** A family of utilities that can be drawn. */
export type UtilityName = (typeof utilityNames)[number]

/** Models of what annotators are like, that votes are fitted with. */
export const crowdModelNames = ['dawid-skene', 'mace', 'crowd-bt'] as const

/** A model of what annotators are like. */
export type CrowdModelName = (typeof crowdModelNames)[number]
