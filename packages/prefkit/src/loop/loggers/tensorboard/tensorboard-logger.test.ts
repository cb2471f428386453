import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PrefkitError } from '../../../prefkit-error'
import type { StepRecord } from '../../step-record'
import golden from '../goldens/tensorboard.json' with { type: 'json' }
import type { Logger } from '../logger'
import { tensorboardLogger } from './tensorboard-logger'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prefkit-tensorboard-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const now = () => golden.wallTime * 1000
const bytesOf = (base64: string) => Buffer.from(base64, 'base64')
const record = (step: number, reward: number): StepRecord => ({
  stage: 'grpo',
  step,
  reward,
  'rewards/länge/mean': -0,
  kl: Number.NaN,
  note: `step ${step}: ½`,
})

async function logStep(logger: Logger, step: number, reward: number) {
  await logger.log([record(step, reward)])
  const values = { reward: [...golden.rewards, Number.NaN], same: [0.5, 0.5], none: [] }
  await logger.distributions({ stage: 'grpo', step, values })
}

const filesOf = async (stage: string) => (await readdir(join(directory, stage))).sort()

describe('tensorboardLogger', () => {
  it('writes the bytes of TensorBoard: its readers drop the steps that a killed session made too many', async () => {
    const first = tensorboardLogger({ directory, now })
    for (const step of [1, 2, 3, 4]) await logStep(first, step, step / 10)
    const second = tensorboardLogger({ directory, now })
    await second.keep([record(1, 0.1), record(2, 0.2)])
    for (const step of [3, 300]) await logStep(second, step, step / 5)
    await second.close()

    const names = await filesOf('grpo')
    expect(names).toEqual([
      'events.out.tfevents.1790000000.prefkit',
      'events.out.tfevents.1790000001.prefkit',
    ])
    const files = await Promise.all(names.map((name) => readFile(join(directory, 'grpo', name))))
    expect(files[0]).toEqual(bytesOf(golden.first))
    expect(files[1]).toEqual(bytesOf(golden.second))
    // What the readers made of these bytes.
    expect(golden.read.reward.map(([step]) => step)).toEqual([1, 2, 3, 300])
    expect(golden.read.reward[2]![1]).toBe(Math.fround(0.6))
    expect(golden.read.rewardOfServer).toEqual(golden.read.reward)
    expect(golden.read.noteOfServer[2]).toEqual([3, 'step 3: ½'])
  })

  it('has a directory for each stage, and makes none before something is logged there', async () => {
    const logger = tensorboardLogger({ directory, now })
    await logger.keep([])
    expect(await readdir(directory)).toEqual([])
    await logger.log([
      { stage: 'sft', step: 1, loss: 2 },
      { stage: '../a/b', step: 1, loss: 2 },
      { stage: '..', step: 1, loss: 1 },
    ])
    expect((await readdir(directory)).sort()).toEqual(['%2E%2E', '..%2Fa%2Fb', 'sft'])
    await logger.distributions({ stage: 'later', step: 1, values: { reward: [Number.NaN] } })
    expect(await readdir(directory)).toHaveLength(3)
  })

  it('keeps events whole when nobody waits for them', async () => {
    const waiting = tensorboardLogger({ directory: join(directory, 'a'), now })
    for (const step of [1, 2, 3]) await waiting.log([record(step, step)])
    const hasty = tensorboardLogger({ directory: join(directory, 'b'), now })
    await Promise.all([1, 2, 3].map((step) => hasty.log([record(step, step)])))
    const read = (parent: string) =>
      readFile(join(directory, parent, 'grpo', 'events.out.tfevents.1790000000.prefkit'))
    expect(await read('b')).toEqual(await read('a'))
  })

  it('leaves out what is no value: the null that JSON makes of NaN', async () => {
    const log = async (name: string, text: string) => {
      await tensorboardLogger({ directory: join(directory, name), now }).log([JSON.parse(text)])
      return readFile(join(directory, name, 'grpo', 'events.out.tfevents.1790000000.prefkit'))
    }
    const without = await log('a', '{"stage":"grpo","step":1,"loss":1}')
    expect(await log('b', '{"stage":"grpo","step":1,"loss":1,"kl":null}')).toEqual(without)
  })

  it('says where it could not write, and goes on when it can', async () => {
    const blocked = join(directory, 'file')
    await writeFile(blocked, '')
    const logger = tensorboardLogger({ directory: blocked, now })
    const failure = await logger.log([record(1, 1)]).catch((error: unknown) => error)
    expect(PrefkitError.isInstance(failure) && failure.code).toBe('WRITE_FAILED')
    expect((failure as Error).message).toContain(blocked)
    await rm(blocked)
    await logger.log([record(1, 1)])
    expect(await readdir(blocked)).toEqual(['grpo'])
  })
})
