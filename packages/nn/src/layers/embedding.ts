import { type Tensor, take } from '@prefkit/tensor'
import { type Initializer, normal } from '../initializers/initializers'
import { requireNames, requireWhole } from '../require-option'
import type { Layer } from './layer'

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Number of rows, ≥ 1. */
  vocabulary: number
  /** Width of a row, ≥ 1. */
  dimensions: number
  /** How the table is drawn. Default: normal with deviation 1, as PyTorch's. */
  weight?: Initializer
}

/** Weights of an embedding: `[vocabulary, dimensions]`. */
export type EmbeddingParams = { weight: Tensor }

/**
 * A table of vectors: i32 row numbers `[…]` → `[…, dimensions]`.
 * @throws NnError `INVALID_OPTION` for sizes that are no whole numbers ≥ 1.
 */
export function embedding(options: EmbeddingOptions): Layer<EmbeddingParams> {
  requireNames('embedding', options, { vocabulary: true, dimensions: true, weight: true })
  const { vocabulary, dimensions, weight = normal(1) } = options
  requireWhole('vocabulary', vocabulary)
  requireWhole('dimensions', dimensions)
  return {
    init: (key) => ({ weight: weight(key, [vocabulary, dimensions]) }),
    apply: (params, ids) => take(params.weight, ids, 0),
  }
}
