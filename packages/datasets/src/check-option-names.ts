import { DatasetError } from './dataset-error'
import { described } from './dialects/fields'

/** Every name of an options type, so that the compiler sees that none is left out. */
export type OptionNames<T extends object> = Readonly<Record<keyof Required<T>, true>>

/**
 * Refuses what is no object of options, and an option that there is not, such as a misspelt one, which plain
 * JavaScript would pass over. Readers of data need no tensors, so `wrongOptions` of `@prefkit/tensor` is not used here.
 * Throws DatasetError INVALID_OPTION.
 */
export function checkOptionNames<T extends object>(options: T, names: OptionNames<T>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new DatasetError('INVALID_OPTION', `options: expected an object, is ${described(options)}`)
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  const expected = Object.keys(names).join(', ')
  throw new DatasetError('INVALID_OPTION', `${unknown}: no such option; expected one of ${expected}`)
}
