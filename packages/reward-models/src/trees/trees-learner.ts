import { type BoostedTrees, predict } from '@prefkit/trees'
import { shouldStop } from '../early-stopping'
import type { Learner, LearnerSettings, MemberProgress, MemberStep, Training } from '../kinds/learner'
import type { Matrix } from '../matrix'
import { memberSeed } from '../member-seed'
import type { PairData } from '../pair-data'
import { RewardModelError } from '../reward-model-error'
import { type SplitPairs, splitPairs } from '../split-pairs'
import type { TrainingRecord } from '../training-record'
import { boostRounds, type Round } from './boost-rounds'
import { bootstrapCounts } from './bootstrap'
import { addToScores, takeRounds } from './edit-trees'
import { takeRows, treeRows } from './tree-rows'
import { growsOnFrom, type TreesOptions } from './trees-options'

/** A member of trees: a model of LightGBM. */
export type TreesMember = BoostedTrees

/** Where the training of one member of trees stands. */
export interface TreesMemberState extends MemberProgress {
  /** The trees so far. */
  readonly trees: BoostedTrees
}

/** Gradient-boosted trees: a round of boosting is a step and an epoch. */
export function createTreesLearner(
  options: TreesOptions,
  { network }: LearnerSettings,
): Learner<TreesMember, TreesMemberState> {
  if (network) throw new RewardModelError('INVALID_OPTION', 'network: expected none for trees, got one')
  return {
    prepare: (data) => training(data, options),
    score: async (trees, features) => Float32Array.from(rawScores(trees, features)),
    release: async () => {},
  }
}

const rawScores = (trees: BoostedTrees, { data, rows, columns }: Matrix): ArrayLike<number> =>
  predict(trees, { data, rows, columns }, { type: 'raw' })

function training(data: PairData, options: TreesOptions): Training<TreesMember, TreesMemberState> {
  if (data.margin && options.objective === 'bt') {
    const message = 'margin: trees do not learn from margins; leave them out, or train an MLP'
    throw new RewardModelError('INVALID_OPTION', message)
  }
  const task = { ...splitPairs(data, options), options, features: data.features }
  return {
    steps: (member, start) => growMember(task, member, start),
    finish: async (state) => finishMember(task, state),
  }
}

/** What every member of an ensemble learns from. */
interface Task extends SplitPairs {
  readonly options: TreesOptions
  readonly features: Matrix
}

/** The rows of a member: of an ensemble, each has a bootstrap of its own, or the same rows would give the same trees. */
function rowsOfMember({ options, train, validation }: Task, seed: number) {
  const { objective, labelSmoothing, members } = options
  const groups = train.groups ?? Array.from(train.chosen.keys())
  const counts = members > 1 ? bootstrapCounts(groups, seed) : undefined
  return {
    training: treeRows(train, objective, { labelSmoothing, counts }),
    validation:
      validation.chosen.length > 0 ? treeRows(validation, objective, { labelSmoothing }) : undefined,
  }
}

async function* growMember(
  task: Task,
  member: number,
  start: TreesMemberState | undefined,
): AsyncGenerator<MemberStep<TreesMemberState>> {
  const { options } = task
  const isDone = ({ epoch, losses }: MemberProgress): boolean =>
    epoch >= options.epochs || shouldStop(options.stopping, losses, options.patience)
  if (start && isDone(start)) return
  const seed = memberSeed(options.seed, member)
  const rows = rowsOfMember(task, seed)
  // What draws at random cannot go on from trees alone: it is grown again up to there, and ends up the same.
  const from = start && growsOnFrom(options) ? start : undefined
  let state = from
  for await (const round of boostRounds(rows, { options, seed, from: from?.trees })) {
    state = advance(state, round)
    if (start && state.epoch <= start.epoch) continue
    yield { record: recordOf(round, state, member), state }
    if (isDone(state)) return
  }
}

function advance(before: TreesMemberState | undefined, { trees, held }: Round): TreesMemberState {
  const { epoch: done = 0, losses = [], best = { epoch: 0 } } = before ?? {}
  const epoch = done + 1
  const isBest = held === undefined || losses.every((loss) => held.loss < loss)
  return {
    ...{ epoch, step: epoch, trees },
    best: isBest ? { epoch } : best,
    losses: held === undefined ? [] : [...losses, held.loss],
  }
}

function recordOf({ learnt, held }: Round, { epoch, step }: MemberProgress, member: number): TrainingRecord {
  requireFinite('loss', learnt.loss, step)
  if (held) requireFinite('eval_loss', held.loss, step)
  return {
    ...{ step, epoch, member, ...learnt },
    ...(held && { eval_loss: held.loss, eval_accuracy: held.accuracy }),
  }
}

function requireFinite(name: string, value: number, step: number): void {
  if (Number.isFinite(value)) return
  const message = `${name} is ${value} after round ${step}; a lower trees.learning_rate may help`
  throw new RewardModelError('DIVERGED', message)
}

/** The rounds to keep; a Bradley–Terry member gets its origin. */
function finishMember(
  { options, features, trainedRows }: Task,
  { trees, best }: TreesMemberState,
): TreesMember {
  const kept = options.keep === 'best' ? takeRounds(trees, best.epoch) : trees
  requireFiniteRewards(kept)
  if (options.objective !== 'bt') return kept
  const rows = [...trainedRows].sort((a, b) => a - b)
  const rewards = rawScores(kept, takeRows(features, rows))
  let sum = 0
  for (let i = 0; i < rewards.length; i++) sum += rewards[i]!
  const centred = addToScores(kept, -sum / rows.length)
  requireFiniteRewards(centred)
  return centred
}

/** Rewards are f32: the largest that the trees could sum to has to be one. */
function requireFiniteRewards({ trees }: TreesMember): void {
  let most = 0
  for (const { leafValue } of trees) most += leafValue.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  requireFinite('the largest reward', Math.fround(most), trees.length)
}
