import type { RunDirectory } from '../../../runs/run-directory'
import type { Stage } from './stage'
import { keptSteps } from './stage-checkpoint'
import { readResult } from './stage-results'

/** Where a run goes on: the stage, and how many of its steps need not be made again; the last stage where all are done. */
export async function whereRunStands(
  run: RunDirectory,
  stages: readonly Stage[],
): Promise<{ readonly stage: string; readonly step: number }> {
  let last = { stage: '', step: 0 }
  for (const { name: stage } of stages) {
    const kept = await readResult(run.path, stage)
    if (!kept) return { stage, step: await keptSteps(run, stage) }
    last = { stage, step: kept.result.steps }
  }
  return last
}
