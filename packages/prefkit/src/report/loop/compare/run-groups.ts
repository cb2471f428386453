import type { RunData } from '../run-data'
import { type FlatSettings, flatSettings, settingText } from '../run-settings'

/** Runs of equal settings, on the same backend, but for their seeds. */
export interface RunGroup {
  /** What tells it from the other groups, such as `anchors.n 30`. */
  readonly label: string
  readonly runs: readonly RunData[]
  readonly settings: FlatSettings
}

const watching = /^(loggers|monitors|checkpointSeconds|samplesEverySteps)(\.|$)/

/** Whether a setting changes nothing of what a run comes to: how it is watched and saved. */
export const isWatching = (path: string): boolean => watching.test(path)

/** Settings of a run, and the backend that they came to: where a run may choose, it may have chosen another. */
export const comparedSettings = ({ settings, facts }: RunData): FlatSettings =>
  new Map([...flatSettings(settings), ['ran on', facts.backend]])

const isSeed = (path: string): boolean => path === 'seed' || path.endsWith('.seed')

/** Whether a setting makes runs comparable only as different ones. */
const matters = (path: string): boolean => !isSeed(path) && !isWatching(path)

/** Paths of settings that are not the same in all of these, in the order in which they come up. */
export function differingSettings(all: readonly FlatSettings[]): string[] {
  const paths = [...new Set(all.flatMap((settings) => [...settings.keys()]))].filter(matters)
  return paths.filter((path) => new Set(all.map((settings) => settingText(settings.get(path)))).size > 1)
}

/** As few of the settings as tell apart what all of them do; those with short paths first. */
function tellingSettings(all: readonly FlatSettings[], differing: readonly string[]): string[] {
  const depth = (path: string): number => path.split('.').length
  const classes = (paths: readonly string[]): number =>
    new Set(all.map((settings) => JSON.stringify(paths.map((path) => settingText(settings.get(path)))))).size
  const chosen: string[] = []
  for (const path of differing.toSorted((a, b) => depth(a) - depth(b)))
    if (classes([...chosen, path]) > classes(chosen)) chosen.push(path)
  return chosen
}

/** The last part of a path where no other ends in it, else all of it. */
const shortPath = (path: string, paths: readonly string[]): string => {
  const last = (each: string) => each.split('.').at(-1)!
  return paths.filter((other) => last(other) === last(path)).length > 1 ? path : last(path)
}

/** Some of the settings in words: `n 30, value anchor`. */
function labelOf(settings: FlatSettings, paths: readonly string[]): string {
  return paths.map((path) => `${shortPath(path, paths)} ${settingText(settings.get(path))}`).join(', ')
}

/**
 * Runs that differ in nothing but their seeds, together.
 * @param except a setting that they may differ in too, such as what is on the axis of a plot.
 */
export function groupRuns(runs: readonly RunData[], except?: string): RunGroup[] {
  const flat = runs.map(comparedSettings)
  const differing = differingSettings(flat).filter((path) => path !== except)
  const keyOf = (settings: FlatSettings) =>
    JSON.stringify(differing.map((path) => settingText(settings.get(path))))
  const groups = Map.groupBy(runs.keys(), (i) => keyOf(flat[i]!))
  const telling = tellingSettings(flat, differing)
  return [...groups.values()].map((places) => ({
    label: labelOf(flat[places[0]!]!, telling),
    runs: places.map((place) => runs[place]!),
    settings: flat[places[0]!]!,
  }))
}
