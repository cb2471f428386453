import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { replaceDirectory } from '@prefkit/nn/files'
import type { TrainingState } from '../fit-reward-model'
import type { MlpOptions } from '../mlp/mlp-options'
import { type ModelKind, type RewardModelSettings, resolveOptions, type TreesSettings } from '../options'
import { RewardModelError } from '../reward-model-error'
import { filesOf, type StateCounters } from './kind-files'
import { type JsonObject, readVersioned } from './read-json'
import { readOptions } from './reward-model-files'

const format = 'prefkit.reward-model-training'
const version = 1

/** The counters of a checkpoint; beside them is what was learned. */
const countersName = 'state.json'

/** What a checkpoint belongs to: going on with other options or features would not be the same training. */
export interface TrainingIdentity<Settings extends RewardModelSettings = RewardModelSettings> {
  readonly options: Settings
  /** Columns of the features. */
  readonly inputs: number
}

/**
 * Saves where training stands as a directory, whole or not at all: `state.json` and, of an MLP, `state.safetensors`; of
 * trees, LightGBM's text models `trees.txt` and, of members that are done, `trees-0.txt`, ….
 * @throws NnError `WRITE_FAILED` when it cannot be written, such as on a full disk.
 */
export async function saveTrainingState(
  directory: string,
  state: TrainingState,
  { options: given, inputs }: TrainingIdentity,
): Promise<void> {
  const { finished, current } = state
  const options = resolveOptions(given)
  const { epoch, step, losses, best } = current
  const counters: StateCounters = { finished: finished.length, epoch, step, bestEpoch: best.epoch, losses }
  const content = { format, version, options, inputs, ...counters }
  await replaceDirectory(directory, async (temporary) => {
    await filesOf<ModelKind>(options).writeState(temporary, state)
    await writeFile(join(temporary, countersName), `${JSON.stringify(content, null, 2)}\n`)
  })
}

/**
 * Loads a checkpoint to go on from, as `fitRewardModel`'s `resume`.
 * @throws RewardModelError `INVALID_MODEL` naming the file and what is wrong with it, or the option that differs from
 *   those it was made with; `NEWER_VERSION` when a later release wrote it.
 */
export async function loadTrainingState(
  directory: string,
  identity: TrainingIdentity<TreesSettings>,
): Promise<TrainingState<'trees'>>
export async function loadTrainingState(
  directory: string,
  identity: TrainingIdentity<Partial<MlpOptions>>,
): Promise<TrainingState<'mlp'>>
export async function loadTrainingState(directory: string, identity: TrainingIdentity): Promise<TrainingState>
export async function loadTrainingState(
  directory: string,
  { options: given, inputs }: TrainingIdentity,
): Promise<TrainingState> {
  const path = join(directory, countersName)
  const content = await readVersioned(path, format, version)
  const options = resolveOptions(given)
  requireSame(path, { ...readOptions(path, content), inputs: content.inputs }, { ...options, inputs })
  const state = await filesOf<ModelKind>(options).readState(directory, readCounters(path, content), {
    options,
    inputs,
  })
  // The files of a kind hold its states.
  return state as TrainingState
}

type Identity = Readonly<Record<string, unknown>>

function requireSame(path: string, saved: Identity, wanted: Identity): void {
  const other = Object.keys(wanted).find((name) => !isDeepStrictEqual(saved[name], wanted[name]))
  if (other === undefined) return
  const [was, is] = [saved[other], wanted[other]].map((value) => JSON.stringify(value) ?? 'nothing')
  throw new RewardModelError('INVALID_MODEL', `${path}: ${other} was ${was} when it was saved, is ${is} now`)
}

function readCounters(path: string, content: JsonObject): StateCounters {
  for (const name of ['finished', 'epoch', 'step', 'bestEpoch'] as const) {
    if (Number.isSafeInteger(content[name]) && (content[name] as number) >= 0) continue
    const found = JSON.stringify(content[name]) ?? 'nothing'
    const message = `${path}: ${name}: expected a whole number ≥ 0, got ${found}`
    throw new RewardModelError('INVALID_MODEL', message)
  }
  const { losses } = content
  if (!Array.isArray(losses) || !losses.every(Number.isFinite)) {
    throw new RewardModelError('INVALID_MODEL', `${path}: losses: expected a list of numbers`)
  }
  return content as JsonObject & StateCounters
}
