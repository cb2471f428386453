import {
  add,
  concat,
  type Dim,
  expandDims,
  matmul,
  reshape,
  slice,
  softmax,
  type Tensor,
  transpose,
} from '@prefkit/tensor'
import type { KeyValues, TokenBatch } from '../models/batch'

/**
 * The result of a linear map, [B · T, heads · width], as heads: [B, T, key-value heads, group, width]. Query heads that
 * share a key-value head stand together; keys and values have groups of 1.
 */
export const splitHeads = (x: Tensor, { ids }: TokenBatch, keyValueHeads: number, width: number): Tensor =>
  reshape(x, [...ids.shape, keyValueHeads, -1, width])

/** [B, T, key-value heads, 1, width] as [B, key-value heads, T, width]: how keys and values are kept. */
export function asKeyValues(x: Tensor): Tensor {
  // As many axes as splitHeads gives.
  const [batch, length, heads, , width] = x.shape as [Dim, Dim, Dim, Dim, Dim]
  return transpose(reshape(x, [batch, length, heads, width]), [0, 2, 1, 3])
}

/**
 * Scaled dot-product attention with groups of query heads (GQA, 2305.13245).
 * @param queries over √width, [B, T, key-value heads, group, width].
 * @param own the batch's keys and values, [B, key-value heads, T, width].
 * @param past those of earlier tokens, [B, key-value heads, C, width]. They are read where they are: only scores are put
 *   together, so a step of generation copies no cache.
 * @param mask added to the scores, [B, 1, 1, T, C + T].
 * @returns [B · T, query heads · width].
 */
export function attention(
  queries: Tensor,
  own: KeyValues,
  past: KeyValues | undefined,
  mask: Tensor,
): Tensor {
  // Numbers of heads and widths are of the configuration; only the batch and the lengths may be symbolic.
  const [, , heads, group, width] = queries.shape as [Dim, Dim, number, number, number]
  const rows = transpose(queries, [0, 2, 3, 1, 4])
  // A group's query heads read one key-value head by broadcasting: a step of generation is then a product of a row with a
  // matrix as it lies in memory, where several rows would have it packed first.
  const shared = (x: Tensor) => expandDims(x, 2)
  const parts = past ? [past, own] : [own]
  const scores = parts.map(({ keys }) => matmul(rows, shared(keys), { transposeB: true }))
  const weights = softmax(add(concat(scores, -1), mask))
  const remembered = past?.keys.shape[2] ?? 0
  const seen = matmul(past ? slice(weights, -1, remembered) : weights, shared(own.values))
  const mixed = past ? add(matmul(slice(weights, -1, 0, remembered), shared(past.values)), seen) : seen
  return reshape(transpose(mixed, [0, 3, 1, 2, 4]), [-1, heads * group * width])
}
