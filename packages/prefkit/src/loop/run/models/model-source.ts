import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RunConfig } from '../config/run-config'
import type { StageResult } from '../driver/stage'

/** Where a model is, and the low-rank change that it has. */
export interface ModelSource {
  readonly model: string
  readonly adapter?: string | undefined
}

/** The directory in which a stage saves what it has trained. */
export const trainedPath = (stage: string): string => join(stage, 'model')

/** What a stage has trained: a model of its own, or an adapter of the one it began as. */
export function trainedSource(result: StageResult): ModelSource {
  const path = trainedPath(result.path)
  const isAdapter = existsSync(join(path, 'adapter_config.json'))
  // Who saves an adapter says what it is of.
  return isAdapter ? { model: String(result.summary.base), adapter: path } : { model: path }
}

/** The model that everything after fine-tuning begins as. */
export function startSource(
  { model: { path, adapter } }: RunConfig,
  results: ReadonlyMap<string, StageResult>,
): ModelSource {
  const tuned = results.get('sft')
  return tuned ? trainedSource(tuned) : { model: path, adapter }
}
