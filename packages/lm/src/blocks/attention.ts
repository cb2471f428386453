import {
  add,
  concat,
  type Dim,
  matmul,
  mul,
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
  const [batch, length, heads, , width] = x.shape as [Dim, Dim, Dim, Dim, Dim]
  return transpose(reshape(x, [batch, length, heads, width]), [0, 2, 1, 3])
}

/**
 * Scaled dot-product attention with groups of query heads (GQA, 2305.13245).
 * @param queries [B, T, key-value heads, group, width].
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
  const [batch, length, heads, group, width] = queries.shape as [Dim, Dim, number, number, number]
  const scaled = mul(transpose(queries, [0, 2, 3, 1, 4]), 1 / Math.sqrt(width))
  // One product for all heads of a group: [B, key-value heads, group · T, width].
  const rows = reshape(scaled, [batch, heads, -1, width])
  const products = [past, own].flatMap((part) =>
    part ? [matmul(rows, part.keys, { transposeB: true })] : [],
  )
  const scores = concat(products, -1)
  const weights = softmax(add(reshape(scores, [batch, heads, group, length, -1]), mask))
  const flat = reshape(weights, scores.shape)
  const remembered = past?.keys.shape[2] ?? 0
  const seen = matmul(past ? slice(flat, -1, remembered) : flat, own.values)
  const mixed = past ? add(matmul(slice(flat, -1, 0, remembered), past.values), seen) : seen
  const byHead = reshape(mixed, [batch, heads, group, length, width])
  return reshape(transpose(byHead, [0, 3, 1, 2, 4]), [-1, heads * group * width])
}
