import type { Tensor } from '@prefkit/tensor'

/**
 * What a loss sees of a batch of B rows with up to L targets each. What it does not look at is not computed.
 */
export interface LossInputs {
  /** ln p of each target, 0 where a row has none: f32 [B, L]. */
  readonly logProbs: Tensor
  /** 1 where a row has a target: f32 [B, L]. */
  readonly mask: Tensor
  /** 1 where no token is likelier than the target: f32 [B, L], without a gradient. There where the model is here. */
  readonly correct?: Tensor
  /**
   * H = −Σ p ln p of the distribution that each target was told from, in nats: f32 [B, L], 0 where a row has none. It has a
   * gradient. There where the model is here.
   */
  readonly entropies?: Tensor
  /** With a value head: the value of the state before each target, f32 [B, L]; 0 where a row has none. */
  readonly values?: Tensor
  /** With a reward head: the reward of each row, f32 [B]. */
  readonly rewards?: Tensor
  /** Of data with `candidates`: ln p of each as what comes after the row, f32 [B, C]. */
  readonly candidateLogProbs?: Tensor
  /** The data's own numbers by name: f32 [B], or [B, L] where there is one for each target, 0 where a row has none. */
  readonly inputs: Readonly<Record<string, Tensor>>
  /** Of the whole batch, of which this may be a part: f32 scalars. */
  readonly totals: { readonly rows: Tensor; readonly targets: Tensor }
}

/** What a loss gives: scalars, and perhaps numbers of each row. */
export interface LossOutputs {
  readonly loss: Tensor
  readonly metrics?: Readonly<Record<string, Tensor>>
  /** Numbers of each row by name, [B]: told as they are, for what is no sum over rows, such as the largest reward. */
  readonly rows?: Readonly<Record<string, Tensor>>
}

/**
 * A loss as a pure, traceable function of log-probabilities. It and its metrics, but not its `rows`, must be sums over rows, or groups of
 * them, so that those of a batch are the sums of those of its parts; a mean is a sum divided by a number of `totals`.
 * It is compiled once: define it once, and hand what changes from batch to batch over as inputs of the data. A model keeps the
 * four that were used last.
 */
export type LossFunction = (inputs: LossInputs) => LossOutputs
