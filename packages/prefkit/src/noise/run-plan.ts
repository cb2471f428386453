import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { fingerprintFiles } from '../runs/fingerprint-files'
import { withRunLocked } from '../runs/lock-run'
import { requireWritable } from '../runs/require-writable'
import {
  appendMetrics,
  beginRun,
  keepMetrics,
  openRun,
  type RunDirectory,
  readMetrics,
  removeRun,
  requireNoRun,
} from '../runs/run-directory'
import { readRows } from '../tables/read-rows'
import { version } from '../version'
import { drawTable } from './draw-table'
import { type PlanConfig, parsePlanConfig } from './plan-config'
import { readResults } from './plan-metrics'
import { type PlanCurve, planCurves } from './plan-results'
import { checkAnnotators, type PlanGround, simulateUnit, unitsOf } from './plan-simulation'
import { type ScoreTable, scoreTable } from './score-table'

/** A finished plan. */
export interface PlanRun {
  readonly run: RunDirectory
  readonly config: PlanConfig
  readonly curves: readonly PlanCurve[]
  /** Prompts and responses planned with, and how many prompts the table had. */
  readonly population: {
    readonly prompts: number
    readonly responses: number
    readonly allPrompts: number
    /** Features that rewards are fitted to; undefined where each response has a reward of its own. */
    readonly features: number | undefined
  }
}

/** What `config.json` holds. */
interface SavedPlan {
  readonly command: 'noise plan'
  readonly prefkit: string
  readonly config: PlanConfig
  /** SHA-256 of each data file. */
  readonly data: Readonly<Record<string, string>>
}

const pick = <T>(values: readonly T[] | undefined, rows: readonly number[]) =>
  values && rows.map((row) => values[row]!)

/** The responses to the first prompts of a table. */
function firstPrompts(table: ScoreTable, count: number): ScoreTable {
  const kept = new Set([...new Set(table.promptKeys)].slice(0, count))
  const rows = [...table.promptKeys.keys()].filter((row) => kept.has(table.promptKeys[row]!))
  return {
    promptKeys: pick(table.promptKeys, rows)!,
    prompts: pick(table.prompts, rows)!,
    responses: pick(table.responses, rows)!,
    ids: pick(table.ids, rows)!,
    scores: pick(table.scores, rows)!,
    lengths: pick(table.lengths, rows),
    authors: pick(table.authors, rows),
    features: pick(table.features, rows),
    pairs: undefined,
  }
}

/** Prompts planned with where nothing else is said: without features the fit has a parameter for each response. */
const defaultPrompts = { linear: 100, free: 20 }

/** The tables that a plan is made with. */
async function groundOf(config: PlanConfig, work: WorkOptions) {
  const { files, population, seed } = config
  const promptsFor = (isLinear: boolean): number =>
    config.prompts ?? defaultPrompts[isLinear ? 'linear' : 'free']
  const whole = files.length > 0 ? scoreTable(await readRows(files, work), config.columns) : undefined
  const drawn = whole && firstPrompts(whole, promptsFor(whole.features !== undefined))
  const prompts = promptsFor(population.features > 0)
  const tables = new Map<number, ScoreTable>()
  const tableOf = (repeat: number): ScoreTable => {
    if (drawn) return drawn
    const table = tables.get(repeat) ?? drawTable({ ...population, prompts }, 1000 * seed + repeat)
    tables.set(repeat, table)
    return table
  }
  const first = tableOf(0)
  if (whole?.lacksPrompts) {
    const message = `${files.join(', ')}: has no prompts, which say which responses can be compared; name their column with --columns prompt=…`
    throw new PrefkitError('INVALID_CONFIG', message)
  }
  const groups = Map.groupBy(first.promptKeys.keys(), (row) => first.promptKeys[row]!)
  const hasPair = [...groups.values()].some((rows) => new Set(rows.map((row) => first.scores[row]!)).size > 1)
  if (!hasPair) {
    const message = `${files.join(', ')}: expected two responses to a prompt with different scores, found none`
    throw new PrefkitError('NO_COMPARISONS', message)
  }
  const ground: PlanGround = { config, tableOf }
  return {
    ground,
    population: {
      prompts: groups.size,
      responses: first.scores.length,
      allPrompts: new Set((whole ?? first).promptKeys).size,
      features: first.features?.[0]?.length,
    },
  }
}

type Ground = Awaited<ReturnType<typeof groundOf>>

/** Makes what is missing of a plan in a run that is locked, a line of metrics for each simulation. */
async function workOn(
  run: RunDirectory,
  config: PlanConfig,
  { ground, population }: Ground,
  work: WorkOptions,
): Promise<PlanRun> {
  const units = unitsOf(config)
  const results = await readResults(run, units, config)
  await keepMetrics(run, results.length)
  const tell = (): void => {
    const next = units[results.length]
    const note = next && `${next.design}, ${100 * next.errorRate} % wrong`
    work.onProgress?.({ phase: 'plan', done: results.length, total: units.length, ...(note && { note }) })
  }
  tell()
  for (const unit of units.slice(results.length)) {
    const result = await stoppable(run, work, () => simulateUnit(unit, ground, work.signal))
    await appendMetrics(run, [result])
    results.push(result)
    tell()
  }
  return { run, config, curves: planCurves(results, config, population.features), population }
}

/** Work that, when it is stopped, says how to go on. */
async function stoppable<T>(run: RunDirectory, { signal }: WorkOptions, make: () => Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (cause) {
    if (!signal?.aborted || cause !== signal.reason) throw cause
    const message = `stopped; go on with: prefkit noise plan --resume ${run.path}`
    throw new PrefkitError('INTERRUPTED', message, { cause })
  }
}

/**
 * Plans: simulates every design at every error rate, in a new run directory.
 * @throws PrefkitError `RUN_EXISTS`, `RUN_LOCKED`, `INVALID_CONFIG`, `NO_COMPARISONS`, `INTERRUPTED`; DatasetError for files
 *   that cannot be read; NoiseError for annotators that do not exist and error rates that no β gives.
 */
export async function planLabels(
  given: PlanConfig,
  directory: string,
  work: WorkOptions = {},
): Promise<PlanRun> {
  // What is resumed from another folder has to find its files.
  const config = { ...given, files: given.files.map((file) => resolve(file)) }
  await requireWritable(directory)
  await requireNoRun(directory)
  const data = await fingerprintFiles(config.files)
  // What is wrong with table or annotators comes out before a run is made.
  const ground = await groundOf(config, work)
  checkAnnotators(ground.ground)
  const saved: SavedPlan = { command: 'noise plan', prefkit: version, config, data }
  return withRunLocked(directory, async () => {
    const run = await beginRun(directory, saved)
    try {
      return await workOn(run, config, ground, work)
    } catch (error) {
      const isStopped = PrefkitError.isInstance(error) && error.code === 'INTERRUPTED'
      if (!isStopped && (await readMetrics(run)).length === 0) await removeRun(run)
      throw error
    }
  })
}

/**
 * Goes on with a plan that was stopped or killed: simulations that are done are kept, and the result is the one it would have
 * had.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED` when a data file or prefkit is not what it was,
 *   `DATA_CORRUPT` naming the line of the metrics that is not what the configuration asks for.
 */
export async function resumePlan(directory: string, work: WorkOptions = {}): Promise<PlanRun> {
  const { run, config: content } = await openRun(directory)
  const saved = content as Partial<SavedPlan>
  if (saved.command !== 'noise plan' || !saved.data) {
    throw new PrefkitError('DATA_CORRUPT', `${run.configPath}: is not the configuration of a plan`)
  }
  if (saved.prefkit !== version) {
    const message = `${directory} was begun by prefkit ${saved.prefkit}; this is ${version}, which may come to other numbers: go on with that, or plan anew`
    throw new PrefkitError('RUN_CHANGED', message)
  }
  const config = parsePlanConfig(saved.config, `${run.configPath}: config`)
  const now = await fingerprintFiles(config.files)
  const changed = Object.keys(now).find((path) => now[path] !== saved.data?.[path])
  if (changed !== undefined) {
    throw new PrefkitError(
      'RUN_CHANGED',
      `${changed}: is not the file that ${directory} began with; plan anew`,
    )
  }
  return withRunLocked(directory, async () => {
    // Another process may have removed the run, as one that came to nothing, and begun another in its place.
    if (!isDeepStrictEqual((await openRun(directory)).config, content)) {
      throw new PrefkitError(
        'RUN_CHANGED',
        `${run.configPath} was replaced: another run is in ${directory} now`,
      )
    }
    return workOn(run, config, await groundOf(config, work), work)
  })
}
