import { type BackendChoice, readTree, releaseTree, type Tensor, tensor, treeLeaves } from '@prefkit/tensor'
import { centreRewards } from './centre-rewards'
import { shouldStop } from './early-stopping'
import { epochBatches } from './epoch-batches'
import { holdOut } from './hold-out'
import { memberSeed } from './member-seed'
import { createNetwork, foldScaler, type Network, type Optimization, type Params } from './network'
import { type RewardModelOptions, resolveOptions } from './options'
import { checkPairData, mirrorPairs, type PairData, takePairs } from './pair-data'
import type { RewardModel } from './reward-model'
import { RewardModelError } from './reward-model-error'
import { applyScaler, fitScaler, type Scaler } from './standardize'

/** One step of training; the last of an epoch also has the validation figures. Names are TRL's. */
export interface TrainingRecord {
  /** Steps taken by this member, from 1. */
  readonly step: number
  /** Passes over the data, as a fraction while one is going on. */
  readonly epoch: number
  /** Which member of the ensemble is learning, from 0. */
  readonly member: number
  /** Mean loss over the batch. */
  readonly loss: number
  /** Share of the batch's pairs with the preferred response strictly ahead; pairs with an even preference count half. */
  readonly accuracy: number
  /** Mean over the batch of how far the preferred response is ahead, in units of reward. */
  readonly margin: number
  readonly eval_loss?: number
  readonly eval_accuracy?: number
}

/** Where training stands after an epoch: all that is needed to go on exactly as if it had never stopped. */
export interface TrainingState {
  /** Members that are done: their weights as they will be in the model. */
  readonly finished: readonly Params[]
  /** The member that is learning. */
  readonly current: MemberState
}

/** One member's training. */
export interface MemberState {
  /** Epochs done. */
  readonly epoch: number
  readonly step: number
  readonly optimization: Optimization
  /** The epoch with the lowest validation loss so far, and its weights. */
  readonly best: { readonly epoch: number; readonly params: Params }
  /** Validation loss of each epoch. */
  readonly losses: readonly number[]
}

/** What training yields: a record a step, and after each epoch the state to save. */
export interface TrainingProgress {
  readonly record: TrainingRecord
  readonly state?: TrainingState
}

/** How to run, as opposed to what to learn. */
export interface FitSettings {
  /** Default: `auto`. */
  backend?: BackendChoice
  /** Go on from here; data and options must be those it was made with. */
  resume?: TrainingState
  /**
   * A network to use again, so that equal trainings compile once; from {@link createNetwork} with these options. It is
   * left as it is; without one, what training compiles is released at its end.
   */
  network?: Network
}

/**
 * Trains a reward model, or an ensemble, by mini-batch AdamW: standardise, hold out whole groups, and for each
 * member and epoch run the batches as one compiled step each, watch the validation loss, stop early.
 *
 * With equal data, options and backend every number repeats exactly, also across a stop and a resume.
 *
 * @throws RewardModelError for bad data (see `checkPairData`) or options; `DIVERGED` when a loss or a weight is not
 *   finite.
 */
export async function* fitRewardModel(
  data: PairData,
  given: Partial<RewardModelOptions> = {},
  settings: FitSettings = {},
): AsyncGenerator<TrainingProgress, RewardModel> {
  const options = resolveOptions(given)
  checkPairData(data)
  const { network = createNetwork(options, settings.backend), resume } = settings
  try {
    return yield* trainMembers(prepare(data, options, network), resume)
  } finally {
    if (!settings.network) await network.release()
  }
}

/** What every member of an ensemble learns from. */
interface Task {
  readonly options: RewardModelOptions
  readonly network: Network
  /** `[rows, columns]`: the features, standardised. */
  readonly table: Tensor
  /** `[rows, columns]`: the features as they were given, and what was done to them. */
  readonly given: Tensor
  readonly scaler: Scaler | undefined
  /** Rows of the table that training pairs are of. */
  readonly trainedRows: ReadonlySet<number>
  readonly train: PairData
  readonly validation: PairData
}

function prepare(data: PairData, options: RewardModelOptions, network: Network): Task {
  const pairs = options.mirror ? mirrorPairs(data) : data
  const parts = holdOut(pairs, options.validationFraction, options.seed)
  const train = takePairs(pairs, parts.train)
  const trainedRows = new Set([...train.chosen, ...train.rejected])
  const { features } = data
  const scaler = options.standardize ? fitScaler(features, trainedRows) : undefined
  const asTable = (rows: Float32Array) => tensor(rows, { shape: [features.rows, features.columns] })
  const given = asTable(features.data)
  const table = scaler ? asTable(applyScaler(features, scaler).data) : given
  const validation = takePairs(pairs, parts.validation)
  return { options, network, table, given, scaler, trainedRows, train, validation }
}

async function* trainMembers(
  task: Task,
  resume: TrainingState | undefined,
): AsyncGenerator<TrainingProgress, RewardModel> {
  const { options, given } = task
  const finished = [...(resume?.finished ?? [])]
  for (let start = resume?.current; finished.length < options.members; start = undefined) {
    const done = [...finished]
    for await (const { record, state } of trainMember(task, done.length, start)) {
      yield state ? { record, state: { finished: done, current: state } } : { record }
      if (state) start = state
    }
    finished.push(await finishMember(task, start!))
  }
  return { options, inputs: given.dims[1]!, members: finished }
}

/** The weights to keep, for features as they were given; a Bradley–Terry member gets its origin. */
async function finishMember(
  { options, network, given, scaler, trainedRows }: Task,
  { best, optimization, step }: MemberState,
): Promise<Params> {
  const kept = options.keep === 'best' ? best.params : optimization.params
  const folded = scaler ? foldScaler(kept, scaler) : kept
  const member =
    options.objective === 'bt' ? await centreRewards(network, folded, given, trainedRows) : folded
  // The last update comes after the last loss that is looked at.
  for (const { data } of treeLeaves(member)) {
    const wrong = data.find((value) => !Number.isFinite(value))
    if (wrong !== undefined) requireFinite('a weight', wrong, step, options)
  }
  return member
}

async function* trainMember(
  { options, network, table, train, validation }: Task,
  member: number,
  start: MemberState | undefined,
): AsyncGenerator<{ record: TrainingRecord; state?: MemberState }> {
  const seed = memberSeed(options.seed, member)
  let state = start ?? (await beginMember(network, table.dims[1]!, seed))
  while (state.epoch < options.epochs && !shouldStop(options.stopping, state.losses, options.patience)) {
    const batches = epochBatches(train, options, seed, state.epoch)
    let { optimization, step } = state
    try {
      for (const [i, batch] of batches.entries()) {
        const result = await network.step(optimization, table, batch, { seed, step })
        optimization = result.optimization
        step++
        const record = {
          step,
          epoch: (state.epoch * batches.length + i + 1) / batches.length,
          member,
          ...result.metrics,
        }
        requireFinite('loss', record.loss, step, options)
        if (i < batches.length - 1) {
          yield { record }
          continue
        }
        const held = await network.evaluate(optimization.params, table, validation)
        if (held) requireFinite('eval_loss', held.loss, step, options)
        state = advance(state, await readTree(optimization), step, held?.loss)
        yield {
          record: { ...record, ...(held && { eval_loss: held.loss, eval_accuracy: held.accuracy }) },
          state,
        }
      }
    } finally {
      // Also where a loss is not finite, or the caller has had enough.
      releaseTree(optimization)
    }
  }
}

async function beginMember(network: Network, inputs: number, seed: number): Promise<MemberState> {
  const optimization = await network.begin(inputs, seed)
  return { epoch: 0, step: 0, optimization, best: { epoch: 0, params: optimization.params }, losses: [] }
}

/** The state after an epoch. Without validation pairs the latest weights count as the best. */
function advance(
  state: MemberState,
  optimization: Optimization,
  step: number,
  loss: number | undefined,
): MemberState {
  const epoch = state.epoch + 1
  const isBest = loss === undefined || state.losses.every((before) => loss < before)
  const best = isBest ? { epoch, params: optimization.params } : state.best
  return { epoch, step, optimization, best, losses: loss === undefined ? [] : [...state.losses, loss] }
}

function requireFinite(
  name: string,
  value: number,
  step: number,
  { learningRate }: RewardModelOptions,
): void {
  if (Number.isFinite(value)) return
  const advice = `a lower learningRate (now ${learningRate}) or standardize: true may help`
  throw new RewardModelError('DIVERGED', `${name} is ${value} at step ${step}; ${advice}`)
}

/**
 * Trains to the end; see {@link fitRewardModel}.
 * @param onProgress called after each step.
 */
export async function trainRewardModel(
  data: PairData,
  options: Partial<RewardModelOptions> = {},
  settings: FitSettings & { onProgress?: (progress: TrainingProgress) => void } = {},
): Promise<RewardModel> {
  const steps = fitRewardModel(data, options, settings)
  for (;;) {
    const next = await steps.next()
    if (next.done) return next.value
    try {
      settings.onProgress?.(next.value)
    } catch (error) {
      // Ends training there, which frees what it holds.
      await steps.throw(error)
    }
  }
}
