import { composedRows } from './composed-rows'
import { elementwiseRows } from './elementwise-rows'
import { indexingRows } from './indexing-rows'
import { matmulRows } from './matmul-rows'
import type { OpRow } from './op-row'
import { reductionRows } from './reduction-rows'
import { shapeRows } from './shape-rows'

/** Every row of the conformance table: each primitive at least once, and what is composed of them. */
export const table: readonly OpRow[] = [
  ...elementwiseRows,
  ...shapeRows,
  ...reductionRows,
  ...indexingRows,
  ...matmulRows,
  ...composedRows,
]
