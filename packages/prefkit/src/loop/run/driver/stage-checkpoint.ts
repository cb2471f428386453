import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadTrainingState, saveTrainingState } from '@prefkit/lm/files'
import { replaceDirectory } from '@prefkit/nn/files'
import { z } from 'zod'
import { PrefkitError } from '../../../prefkit-error'
import { ifThere } from '../../../runs/if-there'
import {
  checkpointPath,
  latestCheckpoint,
  type RunDirectory,
  removeOtherCheckpoints,
} from '../../../runs/run-directory'
import type { AlgorithmState } from '../../algorithms/algorithm'
import { runFiles } from '../run-files'
import type { LineCounts } from './run-journal'

/** Where a stage stands, and what of the run's files belongs to it. */
export interface StageCheckpoint {
  readonly stage: string
  readonly lines: LineCounts
  readonly state: AlgorithmState
}

const count = z.int().nonnegative()

/** state.json: the trainings lie beside it, a directory each. */
const savedCheckpoint = z.object({
  stage: z.string(),
  lines: z.object({ metrics: count, timings: count, samples: count, alerts: count }),
  step: count,
  trainings: z.array(z.string()),
  data: z.unknown().optional(),
})
type SavedCheckpoint = z.infer<typeof savedCheckpoint>

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

/** A checkpoint without its trainings. */
interface KeptCheckpoint {
  readonly path: string
  readonly saved: SavedCheckpoint
}

async function readSaved(file: string): Promise<SavedCheckpoint> {
  const { data, error } = savedCheckpoint.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (data) return data
  const [{ path = [], message } = {}] = error.issues
  throw new Error(`state.json: ${path.join('.')}: ${message}`)
}

/** What is not whole cannot be gone on from, but from what was before it: that is found as it is gone. */
async function readable<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const remedy = `where it stays so, delete ${path}: the run then goes on from the checkpoint before it, or the stage's beginning`
    throw new PrefkitError(
      'DATA_CORRUPT',
      `${path}: could not be read as a checkpoint: ${reason}; ${remedy}`,
      {
        cause,
      },
    )
  }
}

/** The newest checkpoint of a run, where it is of this stage. */
async function keptCheckpoint(run: RunDirectory, stage: string): Promise<KeptCheckpoint | undefined> {
  const latest = await latestCheckpoint(run)
  if (!latest) return undefined
  const { path } = latest
  const saved = await readable(path, () => readSaved(join(path, 'state.json')))
  return saved.stage === stage ? { path, saved } : undefined
}

/**
 * Steps of a stage that need not be made again: 0 where it has no checkpoint.
 * @throws PrefkitError `DATA_CORRUPT`.
 */
export const keptSteps = async (run: RunDirectory, stage: string): Promise<number> =>
  (await keptCheckpoint(run, stage))?.saved.step ?? 0

/**
 * The newest checkpoint of a run, where it is of this stage.
 * @throws PrefkitError `DATA_CORRUPT` naming the directory that cannot be read, with what is wrong with it as the cause.
 */
export async function loadCheckpoint(run: RunDirectory, stage: string): Promise<StageCheckpoint | undefined> {
  const kept = await keptCheckpoint(run, stage)
  if (!kept) return undefined
  const { path, saved } = kept
  const { lines, step, trainings: roles, data } = saved
  const trainings = await readable(path, () =>
    Promise.all(
      roles.map(async (role) => [role, await loadTrainingState(trainingPath(path, role))] as const),
    ),
  )
  const state = { step, trainings: Object.fromEntries(trainings), ...(data !== undefined && { data }) }
  return { stage, lines, state }
}

/** Removes all checkpoints: what they led to is kept elsewhere. */
export async function removeCheckpoints(run: RunDirectory): Promise<void> {
  const parent = join(run.path, runFiles.checkpoints)
  const all = (await ifThere(parent, () => readdir(parent))) ?? []
  await Promise.all(all.map((name) => rm(join(parent, name), { recursive: true, force: true })))
}
