import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { storiesPath } from '../../../lm/testing/stories'
import { withoutLines } from '../config/located-by'
import { parseRunConfig, type RunConfig } from '../config/run-config'
import type { Stage, StageResult, StageStep, StageSummary } from '../driver/stage'
import { runStages } from '../run-stages'

/** Settings of a run of the stories' model. */
export function storyConfig(settings: object): RunConfig {
  const own = 'model' in settings ? (settings.model as object) : {}
  const whole = { ...settings, model: { path: storiesPath, ...own } }
  return parseRunConfig(whole, withoutLines(whole, ''))
}

/** What a stage came to. */
export interface MadeStage {
  readonly path: string
  readonly summary: StageSummary
  readonly warnings: readonly string[]
  readonly steps: readonly StageStep[]
}

/** Makes a stage of a run as the run does, in a folder, from what the stages before it have left there. */
export async function makeStage(
  config: RunConfig,
  name: string,
  folder: string,
  before: readonly (Pick<StageResult, 'stage'> & Partial<StageResult>)[] = [],
): Promise<MadeStage> {
  const place = (stage: string): string => join(folder, 'stages', stage)
  const nothing = { steps: 0, seconds: 0, parts: {}, summary: {} }
  const results = before.map((result): [string, StageResult] => [
    result.stage,
    { ...nothing, path: place(result.stage), ...result },
  ])
  const stage = runStages(config).find((each): each is Stage => each.name === name)!
  const path = place(name)
  await mkdir(path, { recursive: true })
  const warnings: string[] = []
  const onWarning = (message: string): void => void warnings.push(message)
  const opened = await stage.open({ path, results: new Map(results), onWarning })
  try {
    const steps: StageStep[] = []
    for await (const step of opened.steps()) steps.push(step)
    return { path, summary: await opened.finish(), warnings, steps }
  } finally {
    await opened.release()
  }
}
