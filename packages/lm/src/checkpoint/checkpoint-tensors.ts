import type { Tensor } from '@prefkit/tensor'

/** What is known of a tensor before it is read. */
export interface CheckpointTensor {
  /** Sizes, as the parameter has them. */
  readonly shape: readonly number[]
  /** How its elements are stored in the file, such as `BF16` or `Q4_1`. */
  readonly type: string
  /** The file it is in. */
  readonly file: string
  /** Its name in that file. */
  readonly storedAs: string
}

/** The tensors of a checkpoint, of which each is read when it is asked for and kept by nobody here. */
export interface CheckpointTensors {
  /** Names of Hugging Face, whatever the format: parameters in the order of `parameterShapes`, then others. */
  readonly names: readonly string[]
  /**
   * What is known of a tensor without reading it.
   * @throws LmError `MISSING_TENSOR` for a name that is not there.
   */
  info(name: string): CheckpointTensor
  /**
   * One tensor, as f32.
   * @throws LmError `MISSING_TENSOR` for a name that is not there; `READ_FAILED` when the file cannot be read (any
   *   more).
   */
  read(name: string): Promise<Tensor>
}

/** A tensor in a file, under the name that Hugging Face has for it. */
export interface StoredTensor extends CheckpointTensor {
  readonly name: string
  read(): Promise<Tensor>
}
