import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { readRunRows } from '../../loop/run/driver/run-journal'
import type { StageResult } from '../../loop/run/driver/stage'
import { readResult } from '../../loop/run/driver/stage-results'
import { PrefkitError } from '../../prefkit-error'
import { openRun } from '../../runs/run-directory'
import type { RunData } from './run-data'
import { tellingTails } from './telling-tails'

/** What of `config.json` a report reads. */
interface SavedConfig {
  readonly command?: string
  readonly prefkit?: string
  readonly config?: {
    readonly settings?: Readonly<Record<string, unknown>>
    readonly models?: Readonly<Record<string, string>>
    readonly ranOn?: string
  }
}

/** Enough of a fingerprint to tell it from others. */
const shownDigits = 12

function factsOf({ prefkit, config }: SavedConfig): RunData['facts'] {
  const digests = Object.entries(config?.models ?? {})
  const names = tellingTails(digests.map(([path]) => path))
  return {
    ...(prefkit !== undefined && { prefkit }),
    ...(config?.ranOn !== undefined && { backend: config.ranOn }),
    ...(typeof config?.settings?.seed === 'number' && { seed: config.settings.seed }),
    ...Object.fromEntries(
      digests.map(([, digest], i) => [names[i]!, `SHA-256 ${digest.slice(0, shownDigits)}…`]),
    ),
  }
}

/** Stages that are done, in the order in which they were begun: by their first records, those without before. */
async function resultsOf(path: string, begun: readonly string[]): Promise<StageResult[]> {
  const names = await readdir(join(path, 'stages')).catch(() => [] as string[])
  const kept = await Promise.all(names.map((name) => readResult(path, name)))
  const place = ({ result: { stage } }: { readonly result: StageResult }): number => begun.indexOf(stage)
  return kept
    .flatMap((each) => each ?? [])
    .toSorted((a, b) => a.lines.timings - b.lines.timings || place(a) - place(b))
    .map(({ result }) => result)
}

/**
 * Reads what a run of several stages has left, whether it is finished or not, or another process is at it just now.
 * @throws PrefkitError `RUN_NOT_FOUND` for no run, and for runs of other commands, which have reports of their own; `DATA_CORRUPT`.
 */
export async function readRunData(path: string): Promise<RunData> {
  // Written by this program; what is missing is checked here.
  const saved = (await openRun(path)).config as SavedConfig
  const settings = saved.config?.settings
  if (settings === undefined) {
    const found = saved.command === undefined ? 'another program' : `prefkit ${saved.command}`
    throw new PrefkitError('RUN_NOT_FOUND', `${path}: expected a run of prefkit run, got one of ${found}`)
  }
  const [records, timings, samples, alerts] = await Promise.all([
    readRunRows(path, 'metrics'),
    readRunRows(path, 'timings'),
    readRunRows(path, 'samples'),
    readRunRows(path, 'alerts'),
  ])
  const begun = [...new Set(records.map(({ stage }) => stage))]
  return {
    name: basename(resolve(path)),
    ...{ path, settings, records, timings, samples, alerts },
    facts: factsOf(saved),
    results: await resultsOf(path, begun),
  }
}
