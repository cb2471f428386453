import { choose } from '../check-options'

/** How a group of one is treated: it keeps its reward (`keep`), or has advantage 0, having no baseline (`zero`). */
export type Singletons = 'keep' | 'zero'

/** Throws `INVALID_OPTION` for anything but a rule for groups of one. */
export const singletonsOf = (singletons: Singletons): Singletons =>
  choose<Singletons>('singletons', singletons, { keep: 'keep', zero: 'zero' })
