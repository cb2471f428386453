import type { Tensor } from '@prefkit/tensor'

/** A model's parameters by their Hugging Face names, in the shapes of `parameterShapes`. */
export type Weights = Readonly<Record<string, Tensor>>

/** Low-rank changes of linear maps, applied beside the weights that they change (LoRA, 2106.09685). */
export interface LowRank {
  /** `<module>.lora_A.weight` [rank, in] and `<module>.lora_B.weight` [out, rank] of each changed module. */
  readonly weights: Weights
  /** What the change is multiplied by: alpha / rank. */
  readonly scale: number | Tensor
  /** Dropout on what goes into a module's change, in training. */
  readonly dropout?: (x: Tensor, module: string) => Tensor
}

/** What a model is applied with. */
export interface Parameters {
  readonly weights: Weights
  readonly lowRank?: LowRank | undefined
}
