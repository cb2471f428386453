import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { writeJson } from '../../../runs/write-atomic'
import type { MlflowParameter } from './flatten-parameters'
import { MlflowCallError, type PatientCaller } from './patient-caller'
import type { MlflowCall } from './request'

/** The run on the server that values go to. */
export interface TrackingRun {
  readonly runId: string
  /** Steps that it has values of, by key: none for a new run. */
  readonly steps: ReadonlyMap<string, ReadonlySet<number>>
}

/** What to call a run on a server, and where to remember it. */
export interface TrackingRunSettings {
  /** The server, without secrets. */
  readonly url: string
  readonly experiment: string
  readonly runName: string
  readonly parameters: readonly MlflowParameter[]
  /** The file that remembers the run, so that a resumed one goes on with it. */
  readonly statePath: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What the file remembers. */
interface State {
  readonly url: string
  readonly experiment: string
  readonly runId: string
}

/** What the answers hold, as far as it is read. */
const answers = {
  experiment: z.object({ experiment: z.object({ experiment_id: z.string() }) }),
  created: z.object({ experiment_id: z.string() }),
  run: z.object({
    run: z.object({
      info: z.object({ run_id: z.string(), lifecycle_stage: z.string() }),
      data: z.object({ metrics: z.array(z.object({ key: z.string() })).optional() }).optional(),
    }),
  }),
  // Protobuf's JSON leaves out a step of 0 in some versions, and has whole numbers of 64 bits as strings in others.
  history: z.object({
    metrics: z.array(z.object({ step: z.coerce.number().default(0) })).default([]),
    next_page_token: z.string().optional(),
  }),
  nothing: z.object({}),
}

/** Limits of MLflow. */
const most = { parametersPerRequest: 100, historyPerPage: 25_000 } as const

const isRefused = (error: unknown, code: string): boolean =>
  error instanceof MlflowCallError && error.failure.code === code

async function answerOf<Answer>(
  schema: z.ZodType<Answer>,
  call: MlflowCall,
  ask: PatientCaller,
): Promise<Answer> {
  const answer = schema.safeParse(await ask(call))
  if (answer.success) return answer.data
  const reason = `it answered ${call.path.split('?')[0]} otherwise than MLflow does`
  throw new MlflowCallError({ kind: 'refused', reason })
}

const get = <Answer>(ask: PatientCaller, schema: z.ZodType<Answer>, path: string): Promise<Answer> =>
  answerOf(schema, { method: 'GET', path }, ask)
const post = <Answer>(
  ask: PatientCaller,
  schema: z.ZodType<Answer>,
  path: string,
  body: object,
): Promise<Answer> => answerOf(schema, { method: 'POST', path, body }, ask)

const findExperiment = async (ask: PatientCaller, name: string): Promise<string> => {
  const query = new URLSearchParams({ experiment_name: name })
  const found = await get(ask, answers.experiment, `experiments/get-by-name?${query}`)
  return found.experiment.experiment_id
}

async function experimentId(ask: PatientCaller, name: string): Promise<string> {
  try {
    return await findExperiment(ask, name)
  } catch (error) {
    if (!isRefused(error, 'RESOURCE_DOES_NOT_EXIST')) throw error
  }
  try {
    return (await post(ask, answers.created, 'experiments/create', { name })).experiment_id
  } catch (error) {
    // Another run made it in between.
    if (!isRefused(error, 'RESOURCE_ALREADY_EXISTS')) throw error
    return findExperiment(ask, name)
  }
}

async function createRun(ask: PatientCaller, settings: TrackingRunSettings): Promise<TrackingRun> {
  const { url, experiment, runName, parameters, statePath, now } = settings
  const created = await post(ask, answers.run, 'runs/create', {
    experiment_id: await experimentId(ask, experiment),
    run_name: runName,
    start_time: now(),
    tags: [{ key: 'mlflow.source.name', value: 'prefkit' }],
  })
  const runId = created.run.info.run_id
  await writeJson(statePath, { url, experiment, runId } satisfies State)
  for (let i = 0; i < parameters.length; i += most.parametersPerRequest) {
    const params = parameters.slice(i, i + most.parametersPerRequest)
    await post(ask, answers.nothing, 'runs/log-batch', { run_id: runId, params })
  }
  return { runId, steps: new Map() }
}

async function stepsOf(ask: PatientCaller, runId: string, key: string): Promise<Set<number>> {
  const steps = new Set<number>()
  for (let token: string | undefined, first = true; first || token; first = false) {
    const query = new URLSearchParams({
      ...{ run_id: runId, metric_key: key, max_results: String(most.historyPerPage) },
      ...(token && { page_token: token }),
    })
    const page = await get(ask, answers.history, `metrics/get-history?${query}`)
    for (const { step } of page.metrics) steps.add(step)
    token = page.next_page_token
  }
  return steps
}

async function rememberedRun(settings: TrackingRunSettings): Promise<string | undefined> {
  try {
    // Written by `createRun`; what is something else has none of these fields.
    const state = JSON.parse(await readFile(settings.statePath, 'utf8')) as Partial<State> | null
    const isSame = state?.url === settings.url && state.experiment === settings.experiment
    return isSame ? state.runId : undefined
  } catch {
    return undefined
  }
}

async function continueRun(ask: PatientCaller, runId: string): Promise<TrackingRun | undefined> {
  try {
    const { run } = await get(ask, answers.run, `runs/get?${new URLSearchParams({ run_id: runId })}`)
    if (run.info.lifecycle_stage !== 'active') return undefined
    await post(ask, answers.nothing, 'runs/update', { run_id: runId, status: 'RUNNING' })
    const steps = new Map<string, Set<number>>()
    for (const { key } of run.data?.metrics ?? []) steps.set(key, await stepsOf(ask, runId, key))
    return { runId, steps }
  } catch (error) {
    if (isRefused(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined
    throw error
  }
}

/**
 * The run that the file remembers, where it is there still, and on this server and in this experiment; otherwise a
 * new one, with its parameters, in an experiment that is made where there is none of the name.
 * @throws MlflowCallError when the server refuses, PrefkitError `WRITE_FAILED`.
 */
export async function openTrackingRun(
  ask: PatientCaller,
  settings: TrackingRunSettings,
): Promise<TrackingRun> {
  const remembered = await rememberedRun(settings)
  const continued = remembered === undefined ? undefined : await continueRun(ask, remembered)
  return continued ?? createRun(ask, settings)
}
