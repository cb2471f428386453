import type { BackendChoice } from '@prefkit/tensor'
import { createLearner, type LearnerOf, type MemberOf, type StateOf } from './kinds/kinds'
import type { MlpOptions } from './mlp/mlp-options'
import type { Network } from './mlp/network'
import {
  type ModelKind,
  type RewardModelOptions,
  type RewardModelSettings,
  resolveOptions,
  type TreesSettings,
} from './options'
import { checkPairData, type PairData } from './pair-data'
import type { RewardModel } from './reward-model'
import type { TrainingRecord } from './training-record'

/** Where training stands after an epoch: all that is needed to go on exactly as if it had never stopped. */
export type TrainingState<Kind extends ModelKind = ModelKind> = {
  [Own in Kind]: {
    /** Members that are done, as they will be in the model. */
    readonly finished: readonly MemberOf<Own>[]
    /** The member that is learning. */
    readonly current: StateOf<Own>
  }
}[Kind]

/** What training yields: a record a step, and after each epoch the state to save. */
export interface TrainingProgress<Kind extends ModelKind = ModelKind> {
  readonly record: TrainingRecord
  readonly state?: TrainingState<Kind>
}

/** How to run, as opposed to what to learn. */
export interface FitSettings<Kind extends ModelKind = ModelKind> {
  /** What an MLP is trained on. Default: `auto`. */
  backend?: BackendChoice
  /** Go on from here; data and options must be those it was made with. */
  resume?: TrainingState<Kind>
  /**
   * A network to use again, so that equal trainings of MLPs compile once; from `createNetwork` with these options. It
   * is left as it is; without one, what training compiles is released at its end.
   */
  network?: Network
}

/**
 * Trains a reward model, or an ensemble, and holds out whole groups to watch the loss and stop early. An MLP
 * (`kind: 'mlp'`, the default) learns by mini-batch AdamW on standardised features, each batch one compiled step; trees
 * (`kind: 'trees'`) are boosted on features as they are, each round a step and an epoch.
 *
 * With equal data, options and backend every number repeats exactly, also across a stop and a resume.
 *
 * @throws RewardModelError for bad data (see `checkPairData`) or options; `DIVERGED` when a loss or a weight is not
 *   finite; `NO_SPLIT` when trees cannot split the responses there are.
 */
export function fitRewardModel(
  data: PairData,
  given: TreesSettings,
  settings?: FitSettings<'trees'>,
): AsyncGenerator<TrainingProgress<'trees'>, RewardModel<'trees'>>
export function fitRewardModel(
  data: PairData,
  given?: Partial<MlpOptions>,
  settings?: FitSettings<'mlp'>,
): AsyncGenerator<TrainingProgress<'mlp'>, RewardModel<'mlp'>>
export function fitRewardModel(
  data: PairData,
  given: RewardModelSettings,
  settings?: FitSettings,
): AsyncGenerator<TrainingProgress, RewardModel>
export async function* fitRewardModel(
  data: PairData,
  given: RewardModelSettings = {},
  { resume, ...where }: FitSettings = {},
): AsyncGenerator<TrainingProgress, RewardModel> {
  const options = resolveOptions(given)
  checkPairData(data)
  const learner = createLearner<ModelKind>(options, where)
  try {
    return yield* fitWith(learner, data, options, resume)
  } finally {
    if (!where.network) await learner.release()
  }
}

/** {@link fitRewardModel} on checked data and options, by a learner of these options that stays. */
export async function* fitWith(
  learner: LearnerOf<ModelKind>,
  data: PairData,
  options: RewardModelOptions,
  resume?: TrainingState,
): AsyncGenerator<TrainingProgress, RewardModel> {
  const training = learner.prepare(data)
  const finished = [...(resume?.finished ?? [])]
  for (let start = resume?.current; finished.length < options.members; start = undefined) {
    const done = [...finished]
    for await (const { record, state } of training.steps(done.length, start)) {
      // Members and states of one learner are of one kind.
      yield state ? { record, state: { finished: done, current: state } as TrainingState } : { record }
      if (state) start = state
    }
    finished.push(await training.finish(start!))
  }
  // What it learns is of the kind of its options.
  return { options, inputs: data.features.columns, members: finished } as RewardModel
}

type ProgressSettings<Kind extends ModelKind> = FitSettings<Kind> & {
  onProgress?(progress: TrainingProgress<Kind>): void
}

/**
 * Trains to the end; see {@link fitRewardModel}.
 * @param onProgress called after each step.
 */
export function trainRewardModel(
  data: PairData,
  options: TreesSettings,
  settings?: ProgressSettings<'trees'>,
): Promise<RewardModel<'trees'>>
export function trainRewardModel(
  data: PairData,
  options?: Partial<MlpOptions>,
  settings?: ProgressSettings<'mlp'>,
): Promise<RewardModel<'mlp'>>
export function trainRewardModel(
  data: PairData,
  options: RewardModelSettings,
  settings?: ProgressSettings<ModelKind>,
): Promise<RewardModel>
export async function trainRewardModel(
  data: PairData,
  options: RewardModelSettings = {},
  settings: ProgressSettings<ModelKind> = {},
): Promise<RewardModel> {
  return runToEnd(fitRewardModel(data, options, settings), settings.onProgress)
}

/** Runs a training to its end, telling of each step. */
export async function runToEnd(
  steps: AsyncGenerator<TrainingProgress, RewardModel>,
  onProgress: (progress: TrainingProgress) => void = () => {},
): Promise<RewardModel> {
  for (;;) {
    const next = await steps.next()
    if (next.done) return next.value
    try {
      onProgress(next.value)
    } catch (error) {
      // Ends training there, which frees what it holds.
      await steps.throw(error)
    }
  }
}
