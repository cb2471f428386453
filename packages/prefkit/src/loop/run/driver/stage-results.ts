import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PrefkitError } from '../../../prefkit-error'
import { ifThere } from '../../../runs/if-there'
import { type RunDirectory, readMetrics } from '../../../runs/run-directory'
import { writeJson } from '../../../runs/write-atomic'
import { runFiles } from '../run-files'
import type { StepTiming } from './run-event'
import type { LineCounts } from './run-journal'
import type { Stage, StageResult, StageSummary } from './stage'

/** What `result.json` of a stage holds: with it, the stage is done. */
interface SavedResult extends Omit<StageResult, 'path'> {
  /** Lines of the run's files when it ended. */
  readonly lines: LineCounts
}

/** A finished stage, and the lines of the run's files when it ended. */
export interface KeptResult {
  readonly result: StageResult
  readonly lines: LineCounts
}

/** Where a stage keeps what it came to. */
export const stagePath = (run: string, stage: string): string => join(run, runFiles.stages, stage)

const resultPath = (run: string, stage: string): string => join(stagePath(run, stage), 'result.json')

/**
 * What a stage came to, where it is done.
 * @throws PrefkitError `DATA_CORRUPT`, also for what is there and cannot be read: the stage would be made again, and what came after it dropped.
 */
export async function readResult(run: string, stage: string): Promise<KeptResult | undefined> {
  const path = resultPath(run, stage)
  const text = await ifThere(path, () => readFile(path, 'utf8'))
  if (text === undefined) return undefined
  try {
    // Written below, whole.
    const { lines, ...result } = JSON.parse(text) as SavedResult
    return { lines, result: { ...result, path: stagePath(run, stage) } }
  } catch (cause) {
    throw new PrefkitError('DATA_CORRUPT', `${path}: is no valid JSON: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Where answers of judges are kept. */
export const answersPath = (run: string): string => join(run, runFiles.answers)

/** Whether a run has anything to go on with: a step, a stage that is done, or answers, which may have been paid for. */
export async function hasProgress(run: RunDirectory, [first]: readonly Stage[]): Promise<boolean> {
  try {
    if ((await readMetrics(run)).length > 0 || existsSync(answersPath(run.path))) return true
    return first !== undefined && (await readResult(run.path, first.name)) !== undefined
  } catch {
    // What cannot be read is there.
    return true
  }
}

/** The times of a stage, summed up. */
function timesOf(
  stage: string,
  timings: readonly StepTiming[],
): Pick<StageResult, 'steps' | 'seconds' | 'parts'> {
  const own = timings.filter((timing) => timing.stage === stage)
  const parts: Record<string, number> = {}
  for (const timing of own)
    for (const [part, seconds] of Object.entries(timing.parts)) parts[part] = (parts[part] ?? 0) + seconds
  return { steps: own.length, seconds: own.reduce((sum, { seconds }) => sum + seconds, 0), parts }
}

/** Says that a stage is done. */
export async function writeResult(
  run: string,
  stage: string,
  done: {
    readonly lines: LineCounts
    readonly timings: readonly StepTiming[]
    readonly summary: StageSummary
  },
): Promise<StageResult> {
  const { lines, timings, summary } = done
  const result = { stage, ...timesOf(stage, timings), summary }
  await writeJson(resultPath(run, stage), { ...result, lines } satisfies SavedResult)
  return { ...result, path: stagePath(run, stage) }
}
