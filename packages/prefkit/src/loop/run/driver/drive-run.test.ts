import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensor } from '@prefkit/tensor'
import { beforeEach, expect, it } from 'vitest'
import { beginRun, openRun } from '../../../runs/run-directory'
import { writeJson } from '../../../runs/write-atomic'
import type { Logger } from '../../loggers/logger'
import type { ScoredRollout } from '../../rewards/reward-function'
import { type DriveOptions, driveRun } from './drive-run'
import type { RunEvent } from './run-event'
import type { Stage } from './stage'

let folder = ''
const at = (...names: string[]) => join(folder, ...names)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-drive-'))
  return () => rm(folder, { recursive: true })
})

const rolloutOf = (value: number): ScoredRollout => ({
  prompt: { id: 'p', text: 'a prompt', tokens: [1], anchors: [{ text: 'beat this', tokens: [2] }] },
  ...{ text: `response ${value}`, tokens: [3, 4], sample: 0, finishReason: 'stop', reward: value },
  ...{ rewards: { value }, logProbs: new Float32Array(2), samplingLogProbs: new Float32Array(2) },
})

/** A stage whose numbers depend on all steps before, kept as JSON and as a training; it begins where the stage before it ended. */
const countingStage = (name: string, totalSteps: number, made: string[] = []): Stage => ({
  name,
  open: async ({ path, results }) => {
    let value = Number([...results.values()].at(-1)?.summary.value ?? 0)
    return {
      async *steps(resume) {
        // Where this is one number, so is its training.
        if (resume) {
          const { total } = resume.data as { total: number }
          expect(resume.trainings.model!.trained.w!.data[0]).toBe(total)
          value = total
        }
        for (let step = (resume?.step ?? 0) + 1; step <= totalSteps; step++) {
          value = value * 2 + step
          made.push(`${name} ${step}`)
          const trained = { w: tensor([value]) }
          yield {
            ...{ step, totalSteps, metrics: { loss: value, none: Number.NaN }, seconds: { learn: 0 } },
            rollouts: [rolloutOf(value)],
            state: async () => ({
              ...{ step, data: { total: value } },
              trainings: { model: { step, trained, optimizer: {} } },
            }),
          }
        }
      },
      finish: async () => {
        await writeJson(join(path, 'made.json'), { value })
        return { value }
      },
      release: async () => {},
    }
  },
})

const stages = [countingStage('first', 3), countingStage('nothing', 0), countingStage('second', 4)]
const settings: DriveOptions = { stages, checkpointSeconds: 0, samplesEverySteps: 2 }
const begin = async (name: string, options: DriveOptions = settings) =>
  driveRun(await beginRun(at(name), {}), options)
const goOn = async (name: string, options: DriveOptions = settings) =>
  driveRun((await openRun(at(name))).run, options)
const filesOf = async (name: string) =>
  Object.fromEntries(
    await Promise.all(
      ['metrics.jsonl', 'samples.jsonl', 'stages/second/made.json'].map(
        async (file) => [file, await readFile(at(name, file), 'utf8')] as const,
      ),
    ),
  )

it('makes one stage after the other, and keeps what each came to', async () => {
  const events: RunEvent[] = []
  const results = await begin('run', { ...settings, onEvent: (event) => events.push(event) })
  // 2·(2·(2·0 + 1) + 2) + 3 = 11, and so on with 2·11 + 1 = 23.
  expect(results.map(({ stage, steps, summary }) => [stage, steps, summary.value])).toEqual([
    ['first', 3, 11],
    ['nothing', 0, 11],
    ['second', 4, 2 * (2 * (2 * 23 + 2) + 3) + 4],
  ])
  const files = await filesOf('run')
  expect(files['metrics.jsonl']!.split('\n').slice(0, 2)).toEqual([
    '{"stage":"first","step":1,"loss":1}',
    '{"stage":"first","step":2,"loss":4}',
  ])
  const samples = files['samples.jsonl']!.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(samples.map(({ stage, step }) => `${stage} ${step}`)).toEqual([
    ...['first 1', 'first 2', 'second 1', 'second 2', 'second 4'],
  ])
  expect(samples[1]).toEqual({
    ...{ stage: 'first', step: 2, split: 'train', promptId: 'p', prompt: 'a prompt' },
    ...{ response: 'response 4', anchor: 'beat this', reward: 4, rewards: { value: 4 } },
  })
  expect(await readdir(at('run/checkpoints'))).toEqual([])
  expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(7)
})

it.each([0, 1e6])(
  'ends the same wherever it was killed, a checkpoint each %d s',
  async (checkpointSeconds) => {
    const short = {
      ...settings,
      stages: [countingStage('first', 2), countingStage('second', 2)],
      checkpointSeconds,
    }
    let count = 0
    await begin('whole', { ...short, onEvent: () => void count++ })
    const whole = await filesOf('whole')
    for (let fatal = 0; fatal < count; fatal++) {
      const name = `killed-${fatal}`
      let told = 0
      const onEvent = () => {
        if (told++ === fatal) throw new Error('killed')
      }
      await expect(begin(name, { ...short, onEvent })).rejects.toThrow('killed')
      // A kill in the middle of writing.
      await appendFile(at(name, 'metrics.jsonl'), '{"stage":"sec')
      await goOn(name, short)
      expect(await filesOf(name)).toEqual(whole)
    }
  },
)

it('stops after a step when it is asked to, and makes no step twice', async () => {
  const made: string[] = []
  const counted = [countingStage('first', 3, made), countingStage('second', 4, made)]
  const controller = new AbortController()
  const stopping = begin('run', {
    stages: counted,
    signal: controller.signal,
    onEvent: (event) => {
      if (event.kind === 'step' && event.record.stage === 'second' && event.record.step === 2)
        controller.abort()
    },
  })
  await expect(stopping).rejects.toThrow(/^stopped; go on with: prefkit run --resume .*run$/)
  await expect(stopping).rejects.toMatchObject({ code: 'INTERRUPTED' })
  const skipped: string[] = []
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'stage-skip') skipped.push(event.result.stage)
  }
  const results = await goOn('run', { stages: counted, onEvent })
  expect(made).toEqual(['first 1', 'first 2', 'first 3', 'second 1', 'second 2', 'second 3', 'second 4'])
  expect(skipped).toEqual(['first'])
  expect(results.map(({ steps }) => steps)).toEqual([3, 4])
})

it('tells loggers what is in the file, and goes on without one that fails', async () => {
  const told: string[] = []
  const logger: Logger = {
    keep: async (records) => void told.push(`keep ${records.length}`),
    log: async ([record]) => void told.push(`${record!.stage} ${record!.step}`),
    distributions: async ({ values }) => void told.push(Object.keys(values).join(' ')),
    close: async (outcome) => void told.push(`${outcome}`),
  }
  await begin('run', { stages: [countingStage('first', 1)], loggers: [logger] })
  expect(told).toEqual(['keep 0', 'first 1', 'reward completions/length rewards/value', 'finished'])

  const failing = { ...logger, log: () => Promise.reject(new Error('no answer')) }
  const warnings: string[] = []
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'warning') warnings.push(event.message)
  }
  const results = await begin('other', { ...settings, loggers: [failing], onEvent })
  expect(results).toHaveLength(3)
  expect(warnings).toEqual(['a logger failed, and is told no more; metrics.jsonl has all: no answer'])
})

it('says once that a loss is no number, as the files have none', async () => {
  const lost: Stage = {
    name: 'lost',
    open: async () => ({
      async *steps() {
        for (const step of [1, 2]) {
          const metrics = { loss: step, eval_loss: Number.NaN, none: Number.NaN }
          yield { step, totalSteps: 2, metrics, seconds: {}, state: async () => ({ step, trainings: {} }) }
        }
      },
      finish: async () => ({}),
      release: async () => {},
    }),
  }
  const warnings: string[] = []
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'warning') warnings.push(event.message)
  }
  await begin('run', { stages: [lost], onEvent })
  expect(warnings).toEqual([
    'eval_loss of lost is NaN at step 1, which is no number and left out of metrics.jsonl',
  ])
})
