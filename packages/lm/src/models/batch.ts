import type { Tensor } from '@prefkit/tensor'

/**
 * Tokens as a model reads them. Order in a row means nothing to it: positions and segments do, so padding on either side,
 * and several sequences in one row, need no code of their own.
 */
export interface TokenBatch {
  /** Token ids: i32 [B, T]. */
  readonly ids: Tensor
  /** Where each token stands in its sequence, from 0: i32 [B, T]. */
  readonly positions: Tensor
  /** A token sees the tokens of its own segment up to its position. 0 is padding: i32 [B, T]. */
  readonly segments: Tensor
}

/** Keys and values of one layer, rotated: f32 [B, key-value heads, C, head width] each. */
export interface KeyValues {
  readonly keys: Tensor
  readonly values: Tensor
}

/** What earlier calls computed of the tokens before those of a batch. */
export interface PastTokens {
  /** Of each layer. */
  readonly layers: readonly KeyValues[]
  /** i32 [B, C]. */
  readonly positions: Tensor
  /** i32 [B, C]; −1 where there is no token. */
  readonly segments: Tensor
}

/** What a model makes of a batch. */
export interface Forward {
  /** After the last normalisation: f32 [B, T, hidden]. */
  readonly hidden: Tensor
  /** Of the batch's own tokens, for each layer; C = T. */
  readonly keyValues: readonly KeyValues[]
}
