import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { continueRun, type RunKind, startRun } from '../runs/resumable-run'
import { appendMetrics, keepMetrics, type RunDirectory, readMetrics } from '../runs/run-directory'
import { readRows } from '../tables/read-rows'
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

const planRuns: RunKind<PlanConfig> = { command: 'noise plan', parse: parsePlanConfig }

/**
 * Plans: simulates every design at every error rate, in a new run directory.
 * @throws PrefkitError `RUN_EXISTS`, `RUN_LOCKED`, `INVALID_CONFIG`, `NO_COMPARISONS`, `INTERRUPTED`; DatasetError for files
 *   that cannot be read; NoiseError for annotators that do not exist and error rates that no β gives.
 */
export const planLabels = (config: PlanConfig, directory: string, work: WorkOptions = {}): Promise<PlanRun> =>
  startRun(planRuns, config, directory, {
    // What is wrong with table or annotators comes out before a run is made.
    prepare: async (resolved) => {
      const ground = await groundOf(resolved, work)
      checkAnnotators(ground.ground)
      return ground
    },
    work: (run, resolved, ground) => workOn(run, resolved, ground!, work),
    // What was stopped says how to go on, so it is kept even without a result.
    hasResults: async (run) => Boolean(work.signal?.aborted) || (await readMetrics(run)).length > 0,
  })

/**
 * Goes on with a plan that was stopped or killed: simulations that are done are kept, and the result is the one it would have
 * had.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED` when a data file or prefkit is not what it was,
 *   `DATA_CORRUPT` naming the line of the metrics that is not what the configuration asks for.
 */
export const resumePlan = (directory: string, work: WorkOptions = {}): Promise<PlanRun> =>
  continueRun(planRuns, directory, async (run, config) =>
    workOn(run, config, await groundOf(config, work), work),
  )
