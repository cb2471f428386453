import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PrefkitError } from '../../../prefkit-error'
import type { StepRecord } from '../../step-record'
import { type MlflowOptions, mlflowLogger } from './mlflow-logger'
import { type MlflowServerSettings, startMlflow } from './testing/mlflow-server'

let directory: string
let warnings: string[]
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prefkit-mlflow-'))
  warnings = []
})
afterEach(() => rm(directory, { recursive: true, force: true }))

let clock = 1_790_000_000_000
const optionsFor = (trackingUri: string, more: Partial<MlflowOptions> = {}): MlflowOptions => ({
  ...{ trackingUri, experiment: 'pairwise ppo', runName: 'first', statePath: join(directory, 'mlflow.json') },
  warn: (message) => warnings.push(message),
  ...{ environment: {}, retrySeconds: 0.01, now: () => clock++, ...more },
})

const record = (step: number, more: Record<string, number | string> = {}): StepRecord => ({
  ...{ stage: 'grpo', step, reward: step / 10, kl: step / 100, ...more },
})
const steps = (from: number, to: number): StepRecord[] =>
  Array.from({ length: to - from + 1 }, (_, i) => record(from + i))

const digits = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 6)

type Server = Awaited<ReturnType<typeof startMlflow>>
const start = (settings?: MlflowServerSettings) => startMlflow(settings)
const onlyRun = ({ runs }: Server) => {
  expect(runs.size).toBe(1)
  return [...runs.values()][0]!
}
const valuesOf = (server: Server, key: string) =>
  onlyRun(server)
    .metrics.filter((metric) => metric.key === key)
    .map(({ step, value }) => [step, value])

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('mlflowLogger', () => {
  it('sends parameters, metrics by stage, and how the run ended', async () => {
    await using server = await start()
    const config = {
      seed: 7,
      policy: { model: 'tiny', lora: { rank: 8 } },
      stages: ['sft', 'grpo'],
      'odd%': null,
    }
    const logger = mlflowLogger(optionsFor(server.url, { config }))
    await logger.log([{ stage: 'sft', step: 1, loss: 2.5 }])
    await logger.log([
      record(1, { note: 'text', 'rewards/½/mean': Number.NaN, up: Infinity, down: -Infinity }),
    ])
    await logger.distributions({ stage: 'grpo', step: 1, values: { reward: [1, 2] } })
    await logger.close()

    const run = onlyRun(server)
    expect([...server.experiments]).toEqual([['pairwise ppo', '1']])
    expect(run).toMatchObject({ experiment_id: '1', run_name: 'first', status: 'FINISHED' })
    expect(run.end_time).toBeGreaterThan(1_790_000_000_000)
    expect(Object.fromEntries(run.params.map(({ key, value }) => [key, value]))).toEqual({
      ...{ seed: '7', 'policy.model': 'tiny', 'policy.lora.rank': '8', stages: '["sft","grpo"]' },
      [`odd__${digits('odd%')}`]: 'null',
    })
    expect(run.metrics.map(({ key, step, value }) => [key, step, value])).toEqual([
      ['sft/loss', 1, 2.5],
      ['grpo/reward', 1, 0.1],
      ['grpo/kl', 1, 0.01],
      [`grpo/rewards/_/mean_${digits('grpo/rewards/½/mean')}`, 1, 'NaN'],
      ['grpo/up', 1, Number.MAX_VALUE],
      ['grpo/down', 1, -Number.MAX_VALUE],
    ])
    expect(warnings).toEqual([])
  })

  it('asks for nothing where nothing was logged', async () => {
    await using server = await start()
    await mlflowLogger(optionsFor(server.url)).close()
    expect(server.requests).toEqual([])
  })

  it.each(['finished', 'failed', 'killed'] as const)('tells that a run was %s', async (outcome) => {
    await using server = await start()
    const logger = mlflowLogger(optionsFor(server.url))
    await logger.log([record(1)])
    await logger.close(outcome)
    expect(onlyRun(server).status).toBe(outcome.toUpperCase())
  })

  it('sends no more than 1000 values at once', async () => {
    await using server = await start()
    const logger = mlflowLogger(optionsFor(server.url))
    await logger.log(steps(1, 1200))
    await logger.close()
    const sizes = server.requests.flatMap(({ body }) =>
      Array.isArray(body.metrics) ? [body.metrics.length] : [],
    )
    expect(sizes).toEqual([1000, 1000, 400])
    expect(valuesOf(server, 'grpo/kl')).toEqual(steps(1, 1200).map(({ step, kl }) => [step, kl]))
  })

  it('goes on with its run when resumed: no step twice, none missing', async () => {
    await using server = await start({ pageSize: 3 })
    const first = mlflowLogger(optionsFor(server.url))
    // Step 3 never got there, as of a process that was killed before it was sent; 5 to 8 come again.
    await first.log([...steps(1, 2), ...steps(4, 8)])
    await first.close('killed')
    const second = mlflowLogger(optionsFor(server.url))
    await second.keep(steps(1, 4))
    await second.log(steps(5, 10))
    await second.close()
    const numbers = valuesOf(server, 'grpo/reward').sort(([a], [b]) => Number(a) - Number(b))
    expect(numbers).toEqual(steps(1, 10).map(({ step, reward }) => [step, reward]))
    expect(onlyRun(server).status).toBe('FINISHED')
    expect(server.requests.filter(({ path }) => path === 'runs/create')).toHaveLength(1)
  })

  it.each([
    [
      'was deleted there',
      async (server: Server) => Object.assign(onlyRun(server), { lifecycle_stage: 'deleted' }),
    ],
    ['is not there any more', async (server: Server) => server.runs.clear()],
    ['is not remembered', () => writeFile(join(directory, 'mlflow.json'), 'no JSON')],
    ['is of another experiment', () => rename({ experiment: 'other' })],
  ])('begins a new run with all that was kept where the old one %s', async (_, lose) => {
    await using server = await start()
    const first = mlflowLogger(optionsFor(server.url))
    await first.log(steps(1, 4))
    await first.close('killed')
    const before = new Set(server.runs.values())
    await lose(server)
    const second = mlflowLogger(optionsFor(server.url))
    await second.keep(steps(1, 2))
    await second.log(steps(3, 5))
    await second.close()
    const [made] = [...server.runs.values()].filter((run) => !before.has(run))
    expect(made!.metrics.filter(({ key }) => key === 'grpo/kl').map(({ step }) => step)).toEqual([
      1, 2, 3, 4, 5,
    ])
  })

  const rename = async (changes: object) => {
    const path = join(directory, 'mlflow.json')
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }))
  }

  it('sends again what may not have got there, and the server keeps it once', async () => {
    const failures = [{ status: 503 }, 'reset', { status: 429, headers: { 'retry-after': '0' } }] as const
    const batches = (path: string) => path === 'runs/log-batch'
    let failed = 0
    await using server = await start({
      faultAfter: ({ path }) => (batches(path) ? failures[failed++] : undefined),
    })
    const logger = mlflowLogger(optionsFor(server.url))
    await logger.log(steps(1, 2))
    await logger.close()
    expect(server.requests.filter(({ path }) => batches(path))).toHaveLength(4)
    expect(valuesOf(server, 'grpo/kl')).toEqual([
      [1, 0.01],
      [2, 0.02],
    ])
    expect(warnings).toEqual([expect.stringMatching(/^MLflow at http.*: it answered 503.*Training goes on/)])
  })

  it('does not hold up training while the server is away, and sends all when it is back', async () => {
    const gone = await start()
    await gone.close()
    const logger = mlflowLogger(optionsFor(gone.url))
    await logger.log(steps(1, 2))
    await until(() => warnings.length > 0)
    expect(warnings).toEqual([
      `MLflow at ${gone.url}: the connection was refused (ECONNREFUSED). Training goes on; what is ` +
        'logged waits for the server, and metrics.jsonl has all of it.',
    ])
    await logger.log(steps(3, 3))
    await using server = await start({ port: gone.port })
    await logger.close()
    expect(valuesOf(server, 'grpo/reward').map(([step]) => step)).toEqual([1, 2, 3])
    expect(warnings).toHaveLength(1)
  })

  it('says at the end what was not sent', async () => {
    await using server = await start({ fault: () => 'hang' })
    const logger = mlflowLogger(optionsFor(server.url, { closeSeconds: 0.05 }))
    await logger.log([...steps(4, 5), { stage: 'eval', step: 1, loss: 1 }])
    await logger.close()
    expect(warnings).toEqual([
      `MLflow at ${server.url}: 5 values were not sent, the first of them grpo/reward of step 4; ` +
        'metrics.jsonl has them all.',
    ])
    await logger.close()
    expect(warnings).toHaveLength(1)
  })

  it('asks again after an attempt that takes too long', async () => {
    await using server = await start({ fault: (_, index) => (index === 0 ? 'hang' : undefined) })
    const logger = mlflowLogger(optionsFor(server.url, { timeoutSeconds: 0.05 }))
    await logger.log(steps(1, 1))
    await logger.close()
    expect(valuesOf(server, 'grpo/kl')).toEqual([[1, 0.01]])
    expect(warnings).toEqual([expect.stringContaining('no answer within 0.05 seconds')])
  })

  it('goes on after values that are refused', async () => {
    const refuses = (metrics: unknown) => JSON.stringify(metrics ?? '').includes('"grpo/bad"')
    const body = { error_code: 'INVALID_PARAMETER_VALUE', message: 'no bad values' }
    await using server = await start({
      fault: (got) => (refuses(got.body.metrics) ? { status: 400, body } : undefined),
    })
    const logger = mlflowLogger(optionsFor(server.url))
    await logger.log([record(1, { bad: 1 })])
    await until(() => warnings.length > 0)
    await logger.log([record(2)])
    await logger.close()
    expect(valuesOf(server, 'grpo/kl')).toEqual([[2, 0.02]])
    expect(warnings).toEqual([
      `MLflow at ${server.url}: it refused values: it answered 400: no bad values`,
      `MLflow at ${server.url}: 3 values were not sent, the first of them grpo/reward of step 1; ` +
        'metrics.jsonl has them all.',
    ])
  })

  it('gives up where it may not log, and its secret is told to nobody', async () => {
    const fault = () => ({ status: 401, body: { message: 'wrong: Bearer s3cret' } })
    await using server = await start({ fault })
    const logger = mlflowLogger(optionsFor(server.url, { environment: { MLFLOW_TRACKING_TOKEN: 's3cret' } }))
    await logger.log(steps(1, 1))
    await until(() => warnings.length > 0)
    await logger.log(steps(2, 2))
    await logger.close()
    expect(server.requests).toHaveLength(1)
    expect(server.requests[0]!.authorization).toBe('Bearer s3cret')
    expect(warnings).toEqual([
      expect.stringContaining('it answered 401: it wants to know who asks: set MLFLOW_TRACKING_TOKEN'),
      expect.stringContaining('4 values were not sent'),
    ])
    expect(warnings.join()).not.toContain('s3cret')
  })

  it.each([
    [
      'something else',
      { status: 200, body: { hello: 1 } },
      'it answered experiments/get-by-name otherwise than MLflow',
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://elsewhere' } },
      'it has moved to https://elsewhere',
    ],
  ])('gives up where %s answers', async (_, answer, message) => {
    await using server = await start({ fault: () => answer })
    const logger = mlflowLogger(optionsFor(server.url))
    await logger.log(steps(1, 1))
    await logger.close()
    expect(warnings[0]).toContain(message)
    expect(warnings[0]).toContain('Nothing more is sent to it')
  })

  it('gives up the oldest values where too many wait', async () => {
    const gone = await start()
    await gone.close()
    const logger = mlflowLogger(optionsFor(gone.url, { mostWaiting: 4 }))
    await logger.log(steps(1, 3))
    await using server = await start({ port: gone.port })
    await logger.close()
    expect(onlyRun(server).metrics.map(({ step }) => step)).toEqual([2, 2, 3, 3])
    expect(warnings.at(-1)).toContain('2 values were not sent, the first of them grpo/reward of step 1')
  })

  it('finds a server below a path, with the name and password of the URL', async () => {
    await using server = await start({ prefix: '/mlflow' })
    const logger = mlflowLogger(optionsFor(`${server.url.replace('//', '//me:p%40ss@')}/`))
    await logger.log(steps(1, 1))
    await logger.close()
    expect(valuesOf(server, 'grpo/kl')).toEqual([[1, 0.01]])
    expect(server.requests[0]!.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
    const remembered = JSON.parse(await readFile(join(directory, 'mlflow.json'), 'utf8'))
    expect(remembered).toEqual({ url: server.url, experiment: 'pairwise ppo', runId: 'run0' })
  })

  it('makes do with an experiment that another run makes at the same time', async () => {
    let missing = 1
    const body = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no such experiment' }
    await using server = await start({
      fault: ({ path }) =>
        path === 'experiments/get-by-name' && missing-- > 0 ? { status: 404, body } : undefined,
    })
    server.experiments.set('pairwise ppo', '9')
    const logger = mlflowLogger(optionsFor(server.url))
    await logger.log(steps(1, 1))
    await logger.close()
    expect(onlyRun(server).experiment_id).toBe('9')
  })
})

describe('trackingUri', () => {
  it.each(['mlruns', 'file:///tmp/mlruns', 'sqlite://user:pw@x/m.db', ''])('refuses %s', (uri) => {
    let error: unknown
    try {
      mlflowLogger(optionsFor(uri))
    } catch (thrown) {
      error = thrown
    }
    expect(PrefkitError.isInstance(error) && error.code).toBe('INVALID_CONFIG')
    expect((error as Error).message).toContain('trackingUri: expected the address of a tracking server')
    expect((error as Error).message).not.toContain('pw')
  })
})
