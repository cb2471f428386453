/** The same in every copy of the package, so that one writes well what another has read. */
const MADE = Symbol.for('prefkit.datasets.made-id')

/** Notes that the id of a comparison or a response was made from its place, since its row had none. Returns it. */
export function noteMadeId<T extends object>(item: T): T {
  // Not enumerable: a copy may have been given another id, and the mark is no part of the data.
  return Object.defineProperty(item, MADE, { value: true })
}

/** True when the id was made from a place: it says nothing of the data, so it is neither written nor missed. */
export const hasMadeId = (item: object): boolean => MADE in item
