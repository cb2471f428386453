import { readTree, releaseTree, type Tensor, tensor, treeLeaves } from '@prefkit/tensor'
import { shouldStop } from '../early-stopping'
import type { Learner, LearnerSettings, MemberProgress, MemberStep, Training } from '../kinds/learner'
import type { Matrix } from '../matrix'
import { memberSeed } from '../member-seed'
import { mirrorPairs, type PairData } from '../pair-data'
import { RewardModelError } from '../reward-model-error'
import { type SplitPairs, splitPairs } from '../split-pairs'
import { centreRewards } from './centre-rewards'
import { epochBatches } from './epoch-batches'
import type { MlpOptions } from './mlp-options'
import { createNetwork, foldScaler, type Network, type Optimization, type Params } from './network'
import { applyScaler, fitScaler, type Scaler } from './standardize'

/** Where the training of one MLP stands. */
export interface MlpMemberState extends MemberProgress {
  readonly optimization: Optimization
  /** The epoch with the lowest validation loss so far, and its weights. */
  readonly best: { readonly epoch: number; readonly params: Params }
}

/** MLPs, trained by mini-batch AdamW: each batch is one compiled step. */
export function createMlpLearner(
  options: MlpOptions,
  { backend, network = createNetwork(options, backend) }: LearnerSettings & { network?: Network | undefined },
): Learner<Params, MlpMemberState> {
  return {
    prepare: (data) => training(prepare(data, options, network)),
    score: (params, features) => network.score(params, asTable(features)),
    release: () => network.release(),
  }
}

const training = (task: Task): Training<Params, MlpMemberState> => ({
  steps: (member, start) => trainMember(task, member, start),
  finish: (state) => finishMember(task, state),
})

const asTable = ({ data, rows, columns }: Matrix): Tensor => tensor(data, { shape: [rows, columns] })

/** What every member of an ensemble learns from. */
interface Task extends SplitPairs {
  readonly options: MlpOptions
  readonly network: Network
  /** `[rows, columns]`: the features, standardised. */
  readonly table: Tensor
  /** `[rows, columns]`: the features as they were given, and what was done to them. */
  readonly given: Tensor
  readonly scaler: Scaler | undefined
}

function prepare(data: PairData, options: MlpOptions, network: Network): Task {
  const split = splitPairs(options.mirror ? mirrorPairs(data) : data, options)
  const { features } = data
  const scaler = options.standardize ? fitScaler(features, split.trainedRows) : undefined
  const given = asTable(features)
  const table = scaler ? asTable(applyScaler(features, scaler)) : given
  return { ...split, options, network, table, given, scaler }
}

/** The weights to keep, for features as they were given; a Bradley–Terry member gets its origin. */
async function finishMember(
  { options, network, given, scaler, trainedRows }: Task,
  { best, optimization, step }: MlpMemberState,
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
  start: MlpMemberState | undefined,
): AsyncGenerator<MemberStep<MlpMemberState>> {
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

async function beginMember(network: Network, inputs: number, seed: number): Promise<MlpMemberState> {
  const optimization = await network.begin(inputs, seed)
  return { epoch: 0, step: 0, optimization, best: { epoch: 0, params: optimization.params }, losses: [] }
}

/** The state after an epoch. Without validation pairs the latest weights count as the best. */
function advance(
  state: MlpMemberState,
  optimization: Optimization,
  step: number,
  loss: number | undefined,
): MlpMemberState {
  const epoch = state.epoch + 1
  const isBest = loss === undefined || state.losses.every((before) => loss < before)
  const best = isBest ? { epoch, params: optimization.params } : state.best
  return { epoch, step, optimization, best, losses: loss === undefined ? [] : [...state.losses, loss] }
}

function requireFinite(name: string, value: number, step: number, { learningRate }: MlpOptions): void {
  if (Number.isFinite(value)) return
  const advice = `a lower learningRate (now ${learningRate}) or standardize: true may help`
  throw new RewardModelError('DIVERGED', `${name} is ${value} at step ${step}; ${advice}`)
}
