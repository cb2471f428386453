import { getEventListeners } from 'node:events'
import { mkdtemp, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LmError } from '@prefkit/lm'
import { tensor } from '@prefkit/tensor'
import { beforeEach, describe, expect, it } from 'vitest'
import { PrefkitError } from '../../../prefkit-error'
import { beginRun, openRun } from '../../../runs/run-directory'
import { type DriveOptions, driveRun } from './drive-run'
import type { Stage } from './stage'

let folder = ''
const at = (...names: string[]) => join(folder, ...names)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-going-on-'))
  return () => rm(folder, { recursive: true })
})

/** Adds up its steps, and fails where it is told to. */
const adding = (name: string, fails: (step: number) => void = () => {}): Stage => ({
  name,
  open: async () => {
    let total = 0
    return {
      async *steps(resume) {
        total = resume ? resume.trainings.model!.trained.total!.data[0]! : 0
        for (let step = (resume?.step ?? 0) + 1; step <= 4; step++) {
          fails(step)
          total += step
          const trained = { total: tensor([total]) }
          const state = async () => ({ step, trainings: { model: { step, trained, optimizer: {} } } })
          yield { step, totalSteps: 4, metrics: { total }, seconds: {}, state }
        }
      },
      finish: async () => ({ total }),
      release: async () => {},
    }
  },
})

const failAt = (place: number, error: unknown) => (step: number) => {
  if (step === place) throw error
}
const begin = async (stages: readonly Stage[], options: Partial<DriveOptions> = {}) =>
  driveRun(await beginRun(at('run'), {}), { checkpointSeconds: 0, ...options, stages })
const goOn = async (stages: readonly Stage[], options: Partial<DriveOptions> = {}) =>
  driveRun((await openRun(at('run'))).run, { checkpointSeconds: 0, ...options, stages })
const whatWasThrown = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.unreachable(),
    (error: Error) => error,
  )

describe('a run that fails', () => {
  it('says how to go on, under the code and the cause that the error has', async () => {
    const cause = new TypeError('text is undefined')
    const error = new PrefkitError('BAD_REWARD', 'rewards: mine: text is undefined', { cause })
    const thrown = await whatWasThrown(begin([adding('one', failAt(3, error))]))
    expect(thrown).toMatchObject({ code: 'BAD_REWARD', cause })
    const way = `once that is mended, go on with: prefkit run --resume ${at('run')}`
    expect(thrown.message).toBe(`rewards: mine: text is undefined; ${way}`)
    expect(thrown.stack).toContain(way)
    expect(await goOn([adding('one')])).toMatchObject([{ summary: { total: 10 } }])
  })

  it('says so of other errors too, after a stage that is done, by the command that it is told', async () => {
    const stages = [adding('one'), adding('two', failAt(1, new LmError('INVALID_OPTION', 'policy: is lost')))]
    const thrown = await whatWasThrown(begin(stages, { resumeWith: 'prefkit demo loop --resume run' }))
    expect(LmError.isInstance(thrown) && thrown.code).toBe('INVALID_OPTION')
    expect(thrown.message).toMatch(/^policy: is lost; .* go on with: prefkit demo loop --resume run$/)
  })

  it('says of what diverged where it was, and that a smaller step size may help, not how to come there again', async () => {
    const lost = () => new LmError('DIVERGED', "optimStep: the gradient's norm is NaN")
    const stepSizesOf = (stage: string) => ({ [`${stage}.learningRate`]: 1e30 })
    const thrown = await whatWasThrown(begin([adding('one', failAt(3, lost()))], { stepSizesOf }))
    expect(LmError.isInstance(thrown) && thrown.code).toBe('DIVERGED')
    const remedy = 'begin a new run with a smaller one.learningRate than 1e+30'
    expect(thrown.message).toBe(`one: step 3 diverged: the gradient's norm is NaN; ${remedy}`)
    expect(thrown.stack).toContain(remedy)
    const again = await whatWasThrown(goOn([adding('one', failAt(4, lost()))]))
    expect(again.message).toMatch(/^one: step 4 diverged: .*; begin a new run with a smaller step size$/)
  })

  it('says nothing of going on where nothing was done', async () => {
    const stages = [adding('one', failAt(1, new Error('nobody answers')))]
    expect((await whatWasThrown(begin(stages))).message).toBe('nobody answers')
    const signal = AbortSignal.abort()
    const stopped = await whatWasThrown(goOn([adding('one')], { signal }))
    expect(stopped).toMatchObject({ code: 'INTERRUPTED', message: 'stopped; no step was done' })
  })
})

it('stops in the midst of a step that goes on, which is made again to the same bytes', async () => {
  const asked = new AbortController()
  const hanging = (name: string): Stage => ({
    name,
    open: async (context) => ({
      ...(await adding(name).open(context)),
      async *steps(resume) {
        for await (const step of (await adding(name).open(context)).steps(resume)) {
          if (step.step === 3) {
            setTimeout(() => asked.abort(), 1)
            await new Promise((_, reject) => {
              context.signal!.addEventListener('abort', () => reject(context.signal!.reason))
            })
          }
          yield step
        }
      },
    }),
  })
  const options = { signal: asked.signal, graceSeconds: 0 }
  const thrown = await whatWasThrown(begin([hanging('one')], options))
  expect(thrown).toMatchObject({ code: 'INTERRUPTED' })
  expect(thrown.message).toMatch(/^stopped; go on with: prefkit run --resume /)
  const lines = (count: number) =>
    [1, 3, 6, 10]
      .slice(0, count)
      .map((total, i) => `{"stage":"one","step":${i + 1},"total":${total}}\n`)
      .join('')
  expect(await readFile(at('run/metrics.jsonl'), 'utf8')).toBe(lines(2))
  await goOn([adding('one')])
  expect(await readFile(at('run/metrics.jsonl'), 'utf8')).toBe(lines(4))
})

it('leaves a step behind that heeds no signal, and frees its models only once that has ended', async () => {
  const asked = new AbortController()
  const answer = Promise.withResolvers<void>()
  let isReleased = false
  const deaf: Stage = {
    name: 'one',
    open: async (context) => ({
      ...(await adding('one').open(context)),
      async *steps(resume) {
        for await (const step of (await adding('one').open(context)).steps(resume)) {
          if (step.step === 3) {
            asked.abort()
            await answer.promise
          }
          yield step
        }
      },
      release: async () => {
        isReleased = true
      },
    }),
  }
  const thrown = await whatWasThrown(begin([deaf], { signal: asked.signal, graceSeconds: 0 }))
  expect(thrown).toMatchObject({ code: 'INTERRUPTED' })
  expect(thrown.message).toMatch(/^stopped; go on with: prefkit run --resume /)
  expect(isReleased).toBe(false)
  answer.resolve()
  await expect.poll(() => isReleased).toBe(true)
  expect(await readdir(at('run/checkpoints'))).toEqual(['step-2'])
  expect(await goOn([adding('one')])).toMatchObject([{ summary: { total: 10 } }])
})

it('lets a step end that ends soon, although it could be stopped', async () => {
  const asked = new AbortController()
  const patient: Stage = {
    name: 'one',
    open: async (context) => ({
      ...(await adding('one').open(context)),
      async *steps(resume) {
        for await (const step of (await adding('one').open(context)).steps(resume)) {
          if (step.step === 2) asked.abort()
          context.signal!.throwIfAborted()
          yield step
        }
      },
    }),
  }
  const thrown = await whatWasThrown(begin([patient], { signal: asked.signal, checkpointSeconds: 1e6 }))
  expect(thrown).toMatchObject({ code: 'INTERRUPTED' })
  expect(await readdir(at('run/checkpoints'))).toEqual(['step-2'])
})

it('keeps a note, also where the session that wrote it was killed before its next checkpoint', async () => {
  const alert = {
    monitor: 'changed-files',
    stage: 'one',
    step: 0,
    severity: 'warning',
    message: 'mended',
  } as const
  const told: string[] = []
  const options: Partial<DriveOptions> = {
    ...{ notes: [alert], checkpointSeconds: 1e6 },
    onEvent: (event) => {
      if (event.kind === 'warning') told.push(event.message)
    },
  }
  await whatWasThrown(begin([adding('one', failAt(3, new Error('power cut')))], options))
  await goOn([adding('one'), adding('two', failAt(1, new Error('power cut')))], options).catch(() => {})
  await goOn([adding('one'), adding('two')], options)
  expect(await readFile(at('run/alerts.jsonl'), 'utf8')).toBe(`${JSON.stringify(alert)}\n`)
  // The first session was cut back to nothing.
  expect(told).toEqual(['mended', 'mended'])
})

describe('a checkpoint that is damaged', () => {
  const damages: [string, (path: string) => Promise<void>, RegExp][] = [
    [
      'a cut tensor file',
      (path) => truncate(join(path, 'training-model/state.safetensors'), 20),
      /safetensors/,
    ],
    ['no tensor file', (path) => rm(join(path, 'training-model'), { recursive: true }), /training-model/],
    ['no JSON', (path) => writeFile(join(path, 'state.json'), '{"stage": "one", "li'), /JSON/],
    ['other JSON', (path) => writeFile(join(path, 'state.json'), '{"stage": "two"}'), /state\.json: lines: /],
  ]
  it.each(damages)('%s: is named, and the run goes on without it', async (_, damage, reason) => {
    await whatWasThrown(begin([adding('zero'), adding('one', failAt(3, new Error('power cut')))]))
    const [name] = await readdir(at('run/checkpoints'))
    const path = at('run/checkpoints', name!)
    await damage(path)
    const stages = [adding('zero'), adding('one')]
    const thrown = await whatWasThrown(goOn(stages))
    expect(thrown).toMatchObject({ code: 'DATA_CORRUPT', cause: expect.any(Error) })
    expect(thrown.message.startsWith(`${path}: could not be read as a checkpoint: `)).toBe(true)
    expect(thrown.message).toMatch(reason)
    expect(thrown.message).toContain(`delete ${path}: the run then goes on from`)
    await rm(path, { recursive: true })
    expect(await goOn(stages)).toMatchObject([{ summary: { total: 10 } }, { summary: { total: 10 } }])
    const metrics = (await readFile(at('run/metrics.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(metrics.map((line) => JSON.parse(line)).map(({ stage, step }) => `${stage} ${step}`)).toEqual(
      ['zero', 'one'].flatMap((stage) => [1, 2, 3, 4].map((step) => `${stage} ${step}`)),
    )
  })
})

it('leaves no listener on the signal that it was given', async () => {
  const { signal } = new AbortController()
  await begin([adding('one')], { signal })
  await expect(
    goOn([adding('one'), adding('two', failAt(2, new Error('lost')))], { signal }),
  ).rejects.toThrow('lost')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('takes no result or checkpoint that cannot be read for one that is not there', async () => {
  const stages = [adding('one'), adding('two', failAt(3, new Error('lost')))]
  await expect(begin(stages)).rejects.toThrow('lost')
  const metrics = await readFile(at('run/metrics.jsonl'), 'utf8')
  for (const name of ['stages/one/result.json', 'checkpoints']) {
    await rename(at('run', name), at('kept'))
    // A read of it fails, though it is there.
    await symlink(at('run', name), at('run', name))
    const thrown = await whatWasThrown(goOn([adding('one'), adding('two')]))
    expect(thrown).toMatchObject({ code: 'DATA_CORRUPT', message: expect.stringContaining(at('run', name)) })
    expect(await readFile(at('run/metrics.jsonl'), 'utf8')).toBe(metrics)
    await rm(at('run', name))
    await rename(at('kept'), at('run', name))
  }
})

it('tells what went wrong, not that what was open could not be freed after it', async () => {
  const stage = adding('one', failAt(3, new Error('lost')))
  const open: Stage['open'] = async (context) => ({
    ...(await stage.open(context)),
    release: () => Promise.reject(new Error('not freed')),
  })
  await expect(begin([{ ...stage, open }])).rejects.toThrow('lost')
})
