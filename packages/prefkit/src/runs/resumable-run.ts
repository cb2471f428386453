import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { PrefkitError } from '../prefkit-error'
import { version } from '../version'
import { fingerprintFiles } from './fingerprint-files'
import { withRunLocked } from './lock-run'
import { requireWritable } from './require-writable'
import { beginRun, openRun, type RunDirectory, removeRun, requireNoRun } from './run-directory'
import { writeJson } from './write-atomic'

/** What makes runs of one kind. */
export interface RunKind<Config extends { readonly files: readonly string[] }> {
  /** The command that begins one, such as `judge pairwise`. */
  readonly command: string
  /** Checks a configuration; `source` is where it comes from, for messages. */
  readonly parse: (value: unknown, source: string) => Config
  /** How to go on with files that have changed, where that can be: for messages. */
  readonly acceptWith?: (directory: string) => string
}

/** What `config.json` holds. */
interface SavedRun {
  readonly command: string
  readonly prefkit: string
  readonly config: unknown
  /** SHA-256 of each data file. */
  readonly data: Readonly<Record<string, string>>
}

/** Work on a run that is locked; it finds there what an earlier session has made. */
export type RunWork<Config, Result> = (run: RunDirectory, config: Config) => Promise<Result>

/** How a new run is worked on. */
export interface RunStart<Config, Result, Prepared> {
  /**
   * What can go wrong before there is a run, such as reading its data: what it throws leaves nothing behind, and what it gives is
   * for the work.
   */
  readonly prepare?: (config: Config) => Promise<Prepared>
  readonly work: (run: RunDirectory, config: Config, prepared: Prepared | undefined) => Promise<Result>
  /** Whether the run has anything to go on with; without, one that failed is removed. */
  readonly hasResults: (run: RunDirectory) => Promise<boolean>
  /** Removes what the work has left beside the configuration in a run that is removed. Default: nothing. */
  readonly discard?: (run: RunDirectory) => Promise<void>
}

/**
 * Begins a run in a new directory and works on it. Files are named from the root, since a run may be resumed from another
 * folder.
 * @throws PrefkitError `RUN_EXISTS`, `RUN_LOCKED`, `WRITE_FAILED`, `DATA_MISSING`; what the preparation and the work throw.
 */
export async function startRun<Config extends { readonly files: readonly string[] }, Result, Prepared = void>(
  kind: RunKind<Config>,
  given: Config,
  directory: string,
  { prepare, work, hasResults, discard }: RunStart<Config, Result, Prepared>,
): Promise<Result> {
  const config = { ...given, files: given.files.map((file) => resolve(file)) }
  await requireWritable(directory)
  await requireNoRun(directory)
  const data = await fingerprintFiles(config.files)
  const prepared = await prepare?.(config)
  const saved: SavedRun = { command: kind.command, prefkit: version, config, data }
  return withRunLocked(directory, async () => {
    const run = await beginRun(directory, saved)
    try {
      return await work(run, config, prepared)
    } catch (error) {
      if (!(await hasResults(run))) {
        await removeRun(run)
        await discard?.(run)
      }
      throw error
    }
  })
}

/** A run that is opened to go on with it. */
interface SavedWork<Config> {
  readonly run: RunDirectory
  readonly saved: SavedRun
  readonly config: Config
  /** SHA-256 of each data file as it is now. */
  readonly data: SavedRun['data']
  /** The data files that are not what they were. */
  readonly changed: readonly string[]
}

/** @throws PrefkitError `RUN_NOT_FOUND`, `DATA_CORRUPT`, `RUN_CHANGED` for another prefkit, `DATA_MISSING`. */
async function openSaved<Config extends { readonly files: readonly string[] }>(
  { command, parse }: RunKind<Config>,
  directory: string,
): Promise<SavedWork<Config>> {
  const { run, config: content } = await openRun(directory)
  const saved = content as Partial<SavedRun>
  if (saved.command !== command || !saved.data) {
    const found = saved.command === undefined ? 'another command' : `prefkit ${saved.command}`
    throw new PrefkitError('DATA_CORRUPT', `${run.configPath}: is of ${found}; expected prefkit ${command}`)
  }
  if (saved.prefkit !== version) {
    const message = `${directory} was begun by prefkit ${saved.prefkit}; this is ${version}, which may ask otherwise: go on with that, or begin anew`
    throw new PrefkitError('RUN_CHANGED', message)
  }
  const config = parse(saved.config, `${run.configPath}: config`)
  const data = await fingerprintFiles(config.files)
  const changed = Object.keys(data).filter((path) => data[path] !== saved.data?.[path])
  // Its fields are those that were looked at, and the configuration, which was parsed.
  return { run, saved: saved as SavedRun, config, data, changed }
}

/** Another process may have removed the run, as one that came to nothing, and begun another in its place. */
async function requireUnreplaced({ path, configPath }: RunDirectory, saved: SavedRun): Promise<void> {
  if (isDeepStrictEqual((await openRun(path)).config, saved)) return
  throw new PrefkitError('RUN_CHANGED', `${configPath} was replaced: another run is in ${path} now`)
}

/**
 * Goes on with a run that was stopped or killed.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `DATA_CORRUPT` for a run of another command, `RUN_CHANGED` when a data
 *   file or prefkit is not what it was; what the work throws.
 * @param adjust lays over the configuration what may be otherwise this time; what is saved stays as it was.
 */
export async function continueRun<Config extends { readonly files: readonly string[] }, Result>(
  kind: RunKind<Config>,
  directory: string,
  work: RunWork<Config, Result>,
  adjust: (config: Config) => Config = (config) => config,
): Promise<Result> {
  const { run, saved, config, changed } = await openSaved(kind, directory)
  const adjusted = adjust(config)
  if (changed.length > 0) {
    const accepting = kind.acceptWith && `, or go on with what it is now: ${kind.acceptWith(directory)}`
    const message = `${changed[0]}: is not the file that ${directory} began with; begin anew${accepting ?? ''}`
    throw new PrefkitError('RUN_CHANGED', message)
  }
  return withRunLocked(directory, async () => {
    await requireUnreplaced(run, saved)
    return work(run, adjusted)
  })
}

/**
 * Takes data files that are not what a run began with for what it goes on with: their fingerprints are in its configuration from then
 * on, all or none. Nothing happens where none has changed.
 * @param note looks at what has changed, and gives what is to be laid over the saved configuration with it; what it throws leaves
 *   everything as it was.
 * @throws PrefkitError as {@link continueRun}, but for data files; `WRITE_FAILED`.
 */
export async function acceptFiles<Config extends { readonly files: readonly string[] }>(
  kind: RunKind<Config>,
  directory: string,
  note: (run: RunDirectory, config: Config, changed: readonly string[]) => Promise<Partial<Config>>,
): Promise<void> {
  const { run, saved, config, data, changed } = await openSaved(kind, directory)
  if (changed.length === 0) return
  await withRunLocked(directory, async () => {
    await requireUnreplaced(run, saved)
    const noted = await note(run, config, changed)
    // A configuration is saved as an object.
    const own = { ...(saved.config as object), ...noted }
    await writeJson(run.configPath, { ...saved, config: own, data } satisfies SavedRun)
  })
}
