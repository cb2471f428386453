import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What a run writes into its directory beside its configuration and its metrics, by what it is. */
export const runFiles = {
  /** A directory each of what the stages came to. */
  stages: 'stages',
  checkpoints: 'checkpoints',
  /** What judges have said. */
  answers: 'answers',
  timings: 'timings.jsonl',
  samples: 'samples.jsonl',
  alerts: 'alerts.jsonl',
  tensorboard: 'tensorboard',
  /** Which run of the tracking server it is. */
  mlflow: 'mlflow.json',
} as const

/** Removes what a run that came to nothing has written: another one that begins there would go on from it. */
export async function discardRunFiles(run: string): Promise<void> {
  for (const name of Object.values(runFiles)) await rm(join(run, name), { recursive: true, force: true })
}
