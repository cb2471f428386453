import type { Provenance } from '../judge'

/**
 * From the firmest to the weakest: known exactly; given by a function, a reward model or a person; bounded; counted
 * in samples; read from text that may say anything.
 */
const fromFirmest: readonly Provenance[] = ['exact', 'scores', 'human', 'top-k', 'sampled', 'parsed']

/** The weakest of one or more provenances. */
export const weakestProvenance = (provenances: readonly Provenance[]): Provenance =>
  fromFirmest.findLast((provenance) => provenances.includes(provenance)) ?? 'parsed'
