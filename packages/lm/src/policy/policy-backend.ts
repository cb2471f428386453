import type { GeneratedSequence } from '../generation/generate'
import type { GenerateOptions } from '../generation/generate-options'
import type { Datum } from '../training/datum'
import type { LossFunction } from '../training/loss'
import type { DatumOutputs, LossReport } from '../training/trainer'
import type { TrainingState } from '../training/training-state'

/** How data of a batch belong together. */
export interface BatchOptions {
  /**
   * Rows that a loss compares, such as 2 for pairs: each so many in a row are computed together. A loss may then read its
   * [B, …] as groups, by `reshape(x, [-1, groupSize, …])`. Default: 1.
   */
  groupSize?: number
}

/** What an update is made with. */
export interface OptimStepOptions {
  /** Step size. */
  learningRate: number
}

/** Of which distribution log-probabilities and entropies are. */
export interface TemperatureOptions {
  /**
   * T > 0, which logits are divided by: that at which responses were drawn, where a loss is to see what they were drawn from. Values,
   * rewards and candidates do not depend on it. Default: 1.
   */
  temperature?: number
}

/** What {@link PolicyBackend.forward} may be asked. */
export interface ForwardOptions extends TemperatureOptions {
  /**
   * True asks the model as it was before this policy trained, with the adapter and the head that it began with, whose
   * log-probabilities are those of a reference. Default: false.
   */
  reference?: boolean
  /** True asks for the entropy of the distribution that each target was told from, too. Default: false. */
  entropies?: boolean
}

/** How {@link PolicyBackend.sample} continues prompts. */
export interface SampleOptions extends GenerateOptions {
  /**
   * True draws from the model as it was before this policy trained, as `forward` tells of it. A number w from 0 to 1 draws from the
   * geometric mixture of the two, each next token from what is in proportion to π^(1−w)·π_ref^w, before temperature and filters, by two
   * passes a token: as Nash-MD does (2312.00886), where w is TRL's `mixture_coef`. `logProbs` are those of what is asked for. Equal
   * seeds draw equal random numbers of each. Default: false.
   */
  reference?: boolean | number
}

/**
 * A language model that learns, wherever it is: what an algorithm may ask of it, and all of it. A loss sees log-probabilities
 * and no weights, so a trainer behind a network can stand behind the same verbs: what `forwardBackward` does is there
 * `forward`, and then the loss `crossEntropy` with the weights that `lossWeights` gives.
 *
 * Calls take effect one after the other, in the order they are made, whether or not they are awaited; one that fails changes
 * nothing, and those after it go on.
 */
export interface PolicyBackend {
  /** What the model says of data, in their order. */
  forward(data: readonly Datum[], options?: ForwardOptions): Promise<DatumOutputs[]>
  /**
   * Adds the gradient of a loss on a batch to what has been added up since the last update: all of it, or none where it fails.
   * @returns the loss and its metrics over the batch.
   */
  forwardBackward(
    data: readonly Datum[],
    loss: LossFunction,
    options?: BatchOptions & TemperatureOptions,
  ): Promise<LossReport>
  /**
   * Moves the weights by the gradients that were added up, and forgets these.
   * @throws LmError `INVALID_OPTION` when there are none; `DIVERGED` when they are not finite: they are forgotten, and the model is
   *   as it was.
   */
  optimStep(options: OptimStepOptions): Promise<{ gradNorm: number }>
  /**
   * Continues prompts with the weights as they are now, or those of the reference.
   * @throws LmError `INVALID_OPTION` for `reference` where there is none to draw from.
   */
  sample(prompts: readonly ArrayLike<number>[], options?: SampleOptions): Promise<GeneratedSequence[]>
  /** Saves the model under a name, which for a model here is a path. */
  save(path: string): Promise<void>
  /**
   * A copy of where training stands, to go on from exactly as if it had never stopped.
   * @throws LmError `INVALID_OPTION` between `forwardBackward` and `optimStep`.
   */
  state(): Promise<TrainingState>
  /**
   * Goes on from there, and forgets gradients that wait.
   * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when it is of another training: the model is then as it was.
   */
  restore(state: TrainingState): Promise<void>
}
