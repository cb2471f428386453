import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadTrainingState, saveTrainingState } from '@prefkit/lm/files'
import { replaceDirectory } from '@prefkit/nn/files'
import { PrefkitError } from '../../../prefkit-error'
import {
  checkpointPath,
  latestCheckpoint,
  type RunDirectory,
  removeOtherCheckpoints,
} from '../../../runs/run-directory'
import type { AlgorithmState } from '../../algorithms/algorithm'
import type { LineCounts } from './run-journal'

/** Where a stage stands, and what of the run's files belongs to it. */
export interface StageCheckpoint {
  readonly stage: string
  readonly lines: LineCounts
  readonly state: AlgorithmState
}

/** Of state.json: the trainings lie beside it, a directory each. */
interface SavedCheckpoint {
  readonly stage: string
  readonly lines: LineCounts
  readonly step: number
  readonly trainings: readonly string[]
  readonly data?: unknown
}

const trainingPath = (directory: string, role: string): string => join(directory, `training-${role}`)

/** Keeps where a stage stands, whole or not at all, and removes the checkpoints before it. */
export async function saveCheckpoint(run: RunDirectory, checkpoint: StageCheckpoint): Promise<void> {
  const { stage, lines, state } = checkpoint
  const { step, trainings, data } = state
  const roles = Object.keys(trainings)
  const saved: SavedCheckpoint = { stage, lines, step, trainings: roles, data }
  await replaceDirectory(checkpointPath(run, lines.metrics), async (directory) => {
    for (const role of roles) await saveTrainingState(trainingPath(directory, role), trainings[role]!)
    await writeFile(join(directory, 'state.json'), `${JSON.stringify(saved)}\n`)
  })
  await removeOtherCheckpoints(run, lines.metrics)
}

/**
 * The newest checkpoint of a run, where it is of this stage.
 * @throws PrefkitError `DATA_CORRUPT`; LmError for a training that cannot be read.
 */
export async function loadCheckpoint(run: RunDirectory, stage: string): Promise<StageCheckpoint | undefined> {
  const latest = await latestCheckpoint(run)
  if (!latest) return undefined
  const path = join(latest.path, 'state.json')
  const saved = await readState(path)
  if (saved.stage !== stage) return undefined
  const { lines, step, trainings: roles, data } = saved
  const trainings = await Promise.all(
    roles.map(async (role) => [role, await loadTrainingState(trainingPath(latest.path, role))] as const),
  )
  const state = { step, trainings: Object.fromEntries(trainings), ...(data !== undefined && { data }) }
  return { stage, lines, state }
}

async function readState(path: string): Promise<SavedCheckpoint> {
  try {
    // Written here, whole.
    return JSON.parse(await readFile(path, 'utf8')) as SavedCheckpoint
  } catch (cause) {
    const problem = `could not be read as a checkpoint: ${(cause as Error).message}`
    throw new PrefkitError('DATA_CORRUPT', `${path}: ${problem}`, { cause })
  }
}

/** Removes all checkpoints: what they led to is kept elsewhere. */
export async function removeCheckpoints(run: RunDirectory): Promise<void> {
  const parent = join(run.path, 'checkpoints')
  const all = await readdir(parent).catch(() => [])
  await Promise.all(all.map((name) => rm(join(parent, name), { recursive: true, force: true })))
}
