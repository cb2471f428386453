import { contextLength, type LocalPolicy } from '@prefkit/lm'
import { PrefkitError } from '../../../prefkit-error'
import { embedForModel } from '../../../reward/embed-with-cache'
import { embeddingsFolder } from '../../../reward/embeddings-folder'
import { openModel } from '../../../reward/open-model'
import type { WorkOptions } from '../../../reward/progress'
import { expectedScorer, judgeScorer } from '../../algorithms/par-scorer'
import { type PairwiseScorer, type PointwiseScorer, pairwiseFromPointwise } from '../../rewards/scorers'
import { embeddingScorer } from '../../scorers/embedding-scorer'
import { pairwiseModelScorer } from '../../scorers/pairwise-model-scorer'
import { scalarScorer } from '../../scorers/scalar-scorer'
import { closers } from '../closers'
import type { RunConfig } from '../config/run-config'
import type { StageResult } from '../driver/stage'
import { streamSeed } from '../stream-seed'
import { judgeForm, judgeReading, shortForm } from './judge-form'
import { type ModelSource, trainedPath } from './model-source'
import { openTrainee, policyOf, type Trainee, type TraineeOptions } from './open-trainee'
import { templateOf } from './pairwise-template'
import { type RewardModelNote, readNote } from './reward-model-note'

/** The directory of the reward model that a run uses. */
export function rewardModelOf(config: RunConfig, results: ReadonlyMap<string, StageResult>): string {
  if (config.rewardModel?.kind === 'saved') return config.rewardModel.path
  const trained = results.get('reward_model')
  if (trained) return trained.path
  throw new PrefkitError('INVALID_CONFIG', 'rewardModel: expected one, got none')
}

/**
 * The language model of a reward model, for what begins as it.
 * @throws PrefkitError `INVALID_CONFIG` for one over embeddings, `DATA_MISSING`.
 */
export async function rewardModelSource(directory: string): Promise<ModelSource> {
  const note = await readNote(directory)
  if (note.kind !== 'embeddings') return trainedSource(directory, note)
  const message = 'policy.critic: expected a reward model that is a language model, got one over embeddings'
  throw new PrefkitError('INVALID_CONFIG', message)
}

/** Whether a reward model scores responses on their own: all do but those that only compare. */
export const scoresAlone = async (directory: string): Promise<boolean> =>
  (await readNote(directory)).kind !== 'pairwise'

/** A reward model that can be asked. */
export interface OpenedRewardModel {
  readonly kind: RewardModelNote['kind']
  readonly pairwise: PairwiseScorer
  /** Where it scores responses on their own. */
  readonly pointwise?: PointwiseScorer
  release(): Promise<void>
}

type LanguageModelNote = Exclude<RewardModelNote, { kind: 'embeddings' }>

/** Where what was trained of a language model lies. */
const trainedSource = (directory: string, { base }: LanguageModelNote): ModelSource =>
  base === null ? { model: trainedPath(directory) } : { model: base, adapter: trainedPath(directory) }

/** What was trained of a language model, to be asked. */
async function openTrained(
  directory: string,
  note: LanguageModelNote,
  config: RunConfig,
  { head, ...work }: WorkOptions & Pick<TraineeOptions, 'head'>,
): Promise<{ trainee: Trainee; policy: LocalPolicy; release: () => Promise<void> }> {
  const { base, lora } = note
  const own = base === null || lora === null ? undefined : lora
  const trainee = await openTrainee(config, trainedSource(directory, note), own, work)
  const policy = policyOf(trainee, config, { seed: config.seed, ...(head && { head }) })
  return { trainee, policy, release: closers(trainee.release, () => policy.release()).close }
}

/** How a model is opened that is to be asked. */
export interface AskingOptions extends WorkOptions {
  /** Judgements of each response, by a judge that gives reasons. Default: 1. */
  readonly judgements?: number
}

type Open<Note extends RewardModelNote> = (
  directory: string,
  note: Note,
  config: RunConfig,
  work: AskingOptions,
) => Promise<Omit<OpenedRewardModel, 'kind'>>

const openers: {
  readonly [Kind in RewardModelNote['kind']]: Open<Extract<RewardModelNote, { kind: Kind }>>
} = {
  async scalar(directory, note, config, work) {
    const { policy, release } = await openTrained(directory, note, config, { ...work, head: 'reward' })
    const pointwise = scalarScorer(policy)
    return { pairwise: pairwiseFromPointwise(pointwise), pointwise, release }
  },
  async pairwise(directory, note, config, work) {
    const { trainee, policy, release } = await openTrained(directory, note, config, work)
    const template = templateOf(trainee.encoding, note, contextLength(trainee.model.config))
    return { pairwise: pairwiseModelScorer(policy, template), release }
  },
  async judge(directory, note, config, { judgements = 1, ...work }) {
    const { trainee, policy, release } = await openTrained(directory, note, config, work)
    const reading = judgeReading(trainee, note.maxNewTokens)
    const short = shortForm(reading, note)
    // All answers of a short form are weighed at once; several judgements of one would only add noise.
    const pointwise = short
      ? expectedScorer({ policy, form: short })
      : judgeScorer({
          ...{ policy, form: judgeForm(reading, note), samples: judgements },
          ...{ seed: streamSeed(config, 'judgements'), sampling: { maxNewTokens: note.maxNewTokens } },
        })
    return { pairwise: pairwiseFromPointwise(pointwise), pointwise, release }
  },
  async embeddings(directory, _, { backend }) {
    const model = await openModel(directory)
    const pointwise = embeddingScorer(model, await embedForModel(model, embeddingsFolder), { backend })
    return { pairwise: pairwiseFromPointwise(pointwise), pointwise, release: () => pointwise.release() }
  },
}

/** Opens a reward model that a stage of a run has trained. @throws PrefkitError `DATA_MISSING`; what opening models throws. */
export async function openRewardModel(
  config: RunConfig,
  directory: string,
  work: AskingOptions = {},
): Promise<OpenedRewardModel> {
  const note = await readNote(directory)
  // The table has for each kind the opener of its own.
  const open = openers[note.kind] as Open<RewardModelNote>
  return { kind: note.kind, ...(await open(directory, note, config, work)) }
}
