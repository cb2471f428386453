import {
  type AdaptiveDesign,
  activeDesign,
  bestVsWorstPairs,
  crossPromptPairs,
  diversifiedPairs,
  knockOutDesign,
  type PairSequence,
  type ResponseTable,
  randomPairs,
  samePromptPairs,
  similarPairs,
  swissDesign,
  thompsonDesign,
  topVsRestPairs,
} from '@prefkit/noise'
import type { DesignName } from './design-names'

/** How pairs are chosen: all at once, or by the labels so far. */
export type PairingDesign =
  | { readonly kind: 'fixed'; readonly pairs: PairSequence }
  | { readonly kind: 'adaptive'; readonly design: AdaptiveDesign }

type Make = (table: ResponseTable, limits: { budget: number; seed: number }) => PairingDesign

const fixed = (pairs: PairSequence): PairingDesign => ({ kind: 'fixed', pairs })
const adaptive = (design: AdaptiveDesign): PairingDesign => ({ kind: 'adaptive', design })

/** Every pair of a prompt in turn, where the paper's designs would end after one. */
const perPrompt = Number.POSITIVE_INFINITY

const makers: Readonly<Record<DesignName, Make>> = {
  'same-prompt': (table, limits) => fixed(samePromptPairs(table, limits)),
  'cross-prompt': (table, limits) => fixed(crossPromptPairs(table, limits)),
  random: (table, limits) => fixed(randomPairs(table, limits)),
  similar: (table, limits) => fixed(similarPairs(table, { ...limits, perPrompt })),
  diversified: (table, limits) => fixed(diversifiedPairs(table, { ...limits, perPrompt })),
  'top-vs-rest': (table, limits) => fixed(topVsRestPairs(table, limits)),
  'best-vs-worst': (table, limits) => fixed(bestVsWorstPairs(table, limits)),
  swiss: (table, { seed }) => adaptive(swissDesign(table, { seed, rounds: Number.POSITIVE_INFINITY })),
  'knock-out': (table, { seed }) => adaptive(knockOutDesign(table, { seed })),
  active: (table, { seed }) => adaptive(activeDesign(table, { seed })),
  uncertainty: (table, { seed }) => adaptive(activeDesign(table, { seed, criterion: 'entropy' })),
  thompson: (table, { seed }) => adaptive(thompsonDesign(table, { seed })),
}

/** Designs that compare responses to different prompts. */
const crossing: ReadonlySet<DesignName> = new Set(['cross-prompt', 'random'])

/** True where a design's pairs may be of two prompts. */
export const crossesPrompts = (name: DesignName): boolean => crossing.has(name)

/** True where a design needs to know which responses are to one prompt. */
export const goesByPrompt = (name: DesignName): boolean => name !== 'random'

/** The design of this name over a table. */
export const designOf = (
  name: DesignName,
  table: ResponseTable,
  limits: { budget: number; seed: number },
): PairingDesign => makers[name](table, limits)
