import type { DataPlace, DatasetError } from './dataset-error'

/** One row of a file as it was read, or what is wrong with it, and where it stands. */
export type LocatedRow =
  | { readonly place: DataPlace; readonly value: unknown }
  | { readonly place: DataPlace; readonly error: DatasetError }
