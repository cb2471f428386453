import { type RunData, stageTitle, unfinishedStage } from '../run-data'
import { settingText } from '../run-settings'
import { comparedSettings, isWatching } from './run-groups'

/** Runs that are compared, each once. */
export interface ComparedRuns {
  /** Those that are finished: the ones that numbers are of. */
  readonly finished: readonly RunData[]
  /** Those whose numbers are not what they will come to. */
  readonly unfinished: readonly RunData[]
  /** What was left out of the numbers, in sentences. */
  readonly notes: readonly string[]
}

/** Of equal ones a run comes to the same: its settings, with its seeds, and what ran it. */
const identityOf = (run: RunData): string =>
  JSON.stringify(
    [...comparedSettings(run)]
      .filter(([path]) => !isWatching(path))
      .map(([path, value]) => [path, settingText(value)])
      .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
  )

const sentence = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`]

/**
 * What of runs may be averaged as independent samples: runs that are finished, and of those with the same settings and seeds, which are
 * the same run twice, the first.
 */
export function comparedRuns(runs: readonly RunData[]): ComparedRuns {
  const stages = new Map(runs.map((run) => [run, unfinishedStage(run)]))
  const unfinished = runs.filter((run) => stages.get(run) !== undefined)
  const done = runs.filter((run) => stages.get(run) === undefined)
  const same = [...Map.groupBy(done, identityOf).values()]
  const repeated = same.flatMap(([first, ...others]) =>
    others.map(({ name }) => `${name} (as ${first!.name})`),
  )
  return {
    finished: same.map(([first]) => first!),
    unfinished,
    notes: [
      ...sentence('Of the same settings and seed as another, which counts once', repeated),
      ...sentence(
        'Not finished, and in no mean',
        unfinished.map((run) => `${run.name} (${stageTitle(stages.get(run)!).toLowerCase()})`),
      ),
    ],
  }
}
