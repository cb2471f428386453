import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { posix } from 'node:path'

/** A metric that the server keeps. */
export interface KeptMetric {
  readonly key: string
  /** As the API gives it: NaN is a string. */
  readonly value: number | string
  readonly timestamp: number
  readonly step: number
}

/** A run that the server keeps. */
export interface KeptRun {
  readonly run_id: string
  readonly experiment_id: string
  readonly run_name: string
  status: string
  end_time?: number
  lifecycle_stage: 'active' | 'deleted'
  readonly metrics: KeptMetric[]
  readonly params: { key: string; value: string }[]
}

/** A request that the server got. */
export interface Received {
  readonly method: string
  /** Below `/api/2.0/mlflow/`, without its query. */
  readonly path: string
  readonly authorization: string | undefined
  readonly body: Body
}

type Body = Readonly<Record<string, unknown>>

/** An answer that replaces the real one: undefined for the real one, `reset` to cut the connection. */
export type Fault =
  | { readonly status: number; readonly body?: object; readonly headers?: object }
  | 'reset'
  | 'hang'

/** A refusal in the shape that MLflow 3.17.2 was seen to give. */
class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const invalid = (message: string) => new Refusal(400, 'INVALID_PARAMETER_VALUE', message)

const requireName = (name: string): void => {
  // MLflow's own check of names, and of paths that resolve to others.
  if (
    !/^[/\w.\- :]*$/.test(name) ||
    posix.normalize(name) !== name ||
    /^(\.|\.\.|\/)/.test(name) ||
    name.length > 250
  )
    throw invalid(`Invalid value "${name}" for parameter 'metrics[0].name' supplied`)
}

// As SQL keeps them.
const kept = (value: unknown): number | string => {
  const number = Number(value)
  if (Number.isNaN(number)) return 'NaN'
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, number))
}

const described = ({ metrics, params, ...info }: KeptRun) => ({
  info,
  data: { metrics: [...new Map(metrics.map((metric) => [metric.key, metric])).values()], params },
})

const logMetrics = (run: KeptRun, metrics: KeptMetric[]): void => {
  if (metrics.length > 1000)
    throw invalid(`A batch logging request can contain at most 1000 metrics. Got ${metrics.length} metrics.`)
  for (const { key } of metrics) requireName(key)
  const identity = ({ key, value, timestamp, step }: KeptMetric) =>
    JSON.stringify([key, value, timestamp, step])
  const there = new Set(run.metrics.map(identity))
  for (const metric of metrics) {
    const row = { ...metric, value: kept(metric.value) }
    if (!there.has(identity(row))) run.metrics.push(row)
    there.add(identity(row))
  }
}

function store(pageSize: number) {
  const experiments = new Map<string, string>()
  const runs = new Map<string, KeptRun>()

  const activeRun = (id: unknown): KeptRun => {
    const run = runs.get(String(id))
    if (!run) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Run with id=${id} not found`)
    if (run.lifecycle_stage !== 'active')
      throw invalid(`The run ${id} must be in the 'active' state. Current state is ${run.lifecycle_stage}.`)
    return run
  }
  const routes: Record<string, (body: Body) => object> = {
    'GET experiments/get-by-name': ({ experiment_name: name }) => {
      const id = experiments.get(String(name))
      if (!id)
        throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`)
      return { experiment: { experiment_id: id, name, lifecycle_stage: 'active' } }
    },
    'POST experiments/create': ({ name }) => {
      const text = String(name)
      if (experiments.has(text))
        throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `Experiment(name=${text}) already exists.`)
      experiments.set(text, String(experiments.size + 1))
      return { experiment_id: experiments.get(text) }
    },
    'POST runs/create': ({ experiment_id, run_name }) => {
      const run: KeptRun = {
        ...{ run_id: `run${runs.size}`, experiment_id: String(experiment_id), run_name: String(run_name) },
        ...{ status: 'RUNNING', lifecycle_stage: 'active', metrics: [], params: [] },
      }
      runs.set(run.run_id, run)
      return { run: described(run) }
    },
    'GET runs/get': ({ run_id }) => {
      const run = runs.get(String(run_id))
      if (!run) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Run with id=${run_id} not found`)
      return { run: described(run) }
    },
    'POST runs/update': ({ run_id, ...changes }) => ({ run_info: Object.assign(activeRun(run_id), changes) }),
    'POST runs/log-batch': ({ run_id, metrics = [], params = [] }) => {
      const run = activeRun(run_id)
      // Whatever else a client sends would fail below or in the test.
      logMetrics(run, metrics as KeptMetric[])
      const added = params as KeptRun['params']
      if (added.length > 100) throw invalid('A batch logging request can contain at most 100 params.')
      for (const { key } of added) requireName(key)
      run.params.push(...added)
      return {}
    },
    'GET metrics/get-history': ({ run_id, metric_key, page_token }) => {
      const own = runs.get(String(run_id))!.metrics.filter(({ key }) => key === metric_key)
      const start = Number(page_token ?? 0)
      const next = start + pageSize < own.length ? { next_page_token: String(start + pageSize) } : {}
      return { metrics: own.slice(start, start + pageSize), ...next }
    },
  }
  return { runs, experiments, routes }
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : JSON.parse(text)
}

/** How a test server behaves. */
export interface MlflowServerSettings {
  /** What goes wrong with a request; it comes before anything is kept. */
  readonly fault?: (request: Received, index: number) => Fault | undefined
  /** What goes wrong with the answer, after everything was kept. */
  readonly faultAfter?: (request: Received, index: number) => Fault | undefined
  /** Values on a page of a metric's history. Default: 25000. */
  readonly pageSize?: number
  /** Default: a free one. */
  readonly port?: number
  /** Path that the API is below, such as `/mlflow`. Default: none. */
  readonly prefix?: string
}

/** A server on this machine with the routes, answers and refusals of MLflow 3.17.2 that the logger meets. */
export async function startMlflow({
  fault,
  faultAfter,
  pageSize = 25_000,
  port = 0,
  prefix = '',
}: MlflowServerSettings = {}) {
  const { runs, experiments, routes } = store(pageSize)
  const requests: Received[] = []

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const sent = await readBody(request)
    const path = url.pathname.replace(`${prefix}/api/2.0/mlflow/`, '')
    const { authorization } = request.headers
    const received = {
      ...{ method: request.method ?? '', path, authorization },
      body: { ...Object.fromEntries(url.searchParams), ...sent },
    }
    const index = requests.push(received) - 1
    const answer = (status: number, body: object, headers: object = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    const fails = (kind: Fault | undefined): boolean => {
      if (kind === 'reset') request.socket.resetAndDestroy()
      else if (typeof kind === 'object') answer(kind.status, kind.body ?? {}, kind.headers)
      return kind !== undefined
    }
    if (fails(fault?.(received, index))) return
    try {
      const route = routes[`${received.method} ${path}`]
      if (!route) throw new Refusal(404, 'ENDPOINT_NOT_FOUND', `no route ${path}`)
      const body = route(received.body)
      if (!fails(faultAfter?.(received, index))) answer(200, body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer(error.status, { error_code: error.code, message: error.message })
    }
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    ...{ requests, runs, experiments, close, port: address.port },
    url: `http://127.0.0.1:${address.port}${prefix}`,
    [Symbol.asyncDispose]: close,
  }
}
