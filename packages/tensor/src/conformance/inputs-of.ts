import type { Tensor } from '../core/tensor'
import { makeInput, withLeading } from './inputs'
import type { OpRow } from './op-row'

/** A row's operands, with `float` as `dtype`; those within the batch with `batch` as their leading size, where given. */
export const inputsOf = (row: OpRow, dtype: 'f32' | 'f64', batch?: number): Tensor[] =>
  row.inputs.map((spec, i) =>
    makeInput(batch === undefined || !row.batched?.[i] ? spec : withLeading(spec, batch), dtype, 11 * i + 3),
  )
