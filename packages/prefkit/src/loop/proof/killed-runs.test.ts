import { createHash } from 'node:crypto'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { beginRun, openRun } from '../../runs/run-directory'
import type { RunSettings } from '../run/config/run-config'
import { type DriveOptions, driveRun } from '../run/driver/drive-run'
import type { RunListener } from '../run/driver/run-event'
import { runStages } from '../run/run-stages'
import { storyConfig } from '../run/testing/make-stage'
import { oneThread } from './testing/one-thread'

let folder = ''
const at = (...names: string[]): string => join(folder, ...names)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-killed-'))
  const prompts = ['Tom', 'Lily', 'Ben'].flatMap((name) =>
    ['dog', 'cat', 'ball'].map((thing) => ({ prompt: `${name} had a ${thing}.` })),
  )
  const pairs = prompts
    .slice(1)
    .map((row) => ({ ...row, chosen: ' It was happy.', rejected: ' It was sad.' }))
  const files = { 'prompts.jsonl': prompts, 'tests.jsonl': [{ prompt: 'Sue ran.' }], 'pairs.jsonl': pairs }
  for (const [name, rows] of Object.entries(files))
    await writeFile(at(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
})
afterAll(() => rm(folder, { recursive: true }))

const passes = { epochs: 1, batchSize: 3, learningRate: 1e-3 } as const
const drawing = { steps: 3, promptsPerStep: 3, learningRate: 1e-3 }
const online = { ...drawing, samplesPerPrompt: 2 }
const lexicon = { type: 'lexicon' as const, plus: ['the', 'was'], minus: ['to'] }
const pairwise = { kind: 'pairwise', template: 'compact', ...passes } as const

/** What differs between runs which together have every stage, with a policy of each kind. */
const kinds: Readonly<Record<string, Partial<RunSettings>>> = {
  'pairwise PPO, value with ground truth': {
    rewardModel: pairwise,
    anchors: { n: 4, perPrompt: 2, adaptive: { batch: 2 } },
    policy: {
      ...{ algorithm: 'ppo', ...online, value: 'anchor', epochs: 2, minibatches: 2, klTarget: 0.1 },
      rewards: [{ type: 'winProbability' }],
    },
  },
  'pairwise PPO, value without ground truth': {
    rewardModel: { ...pairwise, swap: false },
    anchors: { n: 2 },
    policy: {
      ...{ algorithm: 'ppo', ...online, value: 'distilled', epochs: 1 },
      rewards: [{ type: 'winProbability' }],
    },
  },
  'PPO under a scalar reward model, which its critic begins as': {
    rewardModel: { kind: 'scalar', ...passes },
    policy: {
      ...{ algorithm: 'ppo', ...online, critic: 'rewardModel', epochs: 2, whitenRewards: true },
      rewards: [{ type: 'score' }],
    },
  },
  'DAPO under a reward model of embeddings': {
    rewardModel: { kind: 'embeddings', embedder: 'hashed-ngrams:32', options: { epochs: 3, members: 1 } },
    policy: { algorithm: 'dapo', ...online, rewards: [{ type: 'score' }] },
  },
  'GRPO by a judge that PAR has trained': {
    judge: {
      ...{
        sft: { ...passes, epochs: 12, learningRate: 3e-3 },
        rubrics: 'none',
        steps: 3,
        pairsPerStep: 2,
        rollouts: 2,
        maxNewTokens: 32,
      },
      learningRate: 1e-3,
    },
    policy: { algorithm: 'grpo', ...online, rewards: [{ type: 'trainedJudge' }] },
  },
  'RLOO of an adapter with dropout, whose step size goes down': {
    model: { path: storiesPath, lora: { rank: 2, dropout: 0.1 }, microBatchTokens: 64 },
    policy: {
      ...{ algorithm: 'rloo', ...online, epochs: 2, schedule: 'cosine', warmupRatio: 0.3 },
      rewards: [lexicon, { type: 'length', shape: 'perToken', options: { penalty: 0.01 } }],
    },
  },
  'DPO of comparisons': {
    policy: { algorithm: 'preferences', ...passes, batchSize: 2 },
  },
  'DPO of what it draws': {
    policy: { algorithm: 'online-preferences', ...online, rewards: [lexicon] },
  },
  XPO: { policy: { algorithm: 'xpo', ...drawing, rewards: [lexicon] } },
  'Nash-MD': { policy: { algorithm: 'nash-md', ...drawing, rewards: [lexicon] } },
}

/** A checkpoint after every step, and all responses. */
function drivingOf(own: Partial<RunSettings>): DriveOptions {
  const config = storyConfig({
    sampling: { maxNewTokens: 6 },
    prompts: { files: [at('prompts.jsonl')], heldOutFiles: [at('tests.jsonl')] },
    comparisons: { source: 'human', files: [at('pairs.jsonl')], heldOut: 0.2 },
    evaluation: { everySteps: 2, prompts: 1, golden: lexicon },
    ...own,
  })
  return {
    stages: runStages({ ...config, backend: oneThread }),
    ...{ checkpointSeconds: 0, samplesEverySteps: 1 },
  }
}

/**
 * Makes a run in as many sessions as it takes: each ends where the second step of a stage is logged for the first time, whose state
 * is lost. @returns the stages in which one ended.
 */
async function runKilled(driving: DriveOptions, path: string): Promise<string[]> {
  const killed: string[] = []
  const onEvent: RunListener = (event) => {
    if (event.kind !== 'step' || event.record.step !== 2 || killed.includes(event.record.stage)) return
    killed.push(event.record.stage)
    throw new Error('killed')
  }
  await beginRun(path, {})
  for (;;) {
    const before = killed.length
    try {
      await driveRun((await openRun(path)).run, { ...driving, onEvent })
      return killed
    } catch (error) {
      if (killed.length === before) throw error
      // In the middle of writing.
      for (const name of ['metrics.jsonl', 'samples.jsonl'])
        await appendFile(join(path, name), '{"stage":"po')
    }
  }
}

/** Of the machine and the moment. */
const isTimed = (name: string): boolean => /(^|\/)(timings\.jsonl|config\.json|result\.json)$/.test(name)

/** All that a run has written: lines as they are, and other files by their digest. */
async function writtenBy(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(path.length + 1))
    .filter((name) => !isTimed(name))
    .toSorted()
  const read = names.map(async (name) => {
    const bytes = await readFile(join(path, name))
    const isText = name.endsWith('.jsonl')
    return [name, isText ? bytes.toString() : createHash('sha256').update(bytes).digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(read))
}

describe('a run that is killed after the second step of each stage writes what one does that is left alone', () => {
  it.each(Object.entries(kinds))('%s', async (name, own) => {
    const driving = drivingOf(own)
    const place = name.replaceAll(/\W+/g, '-')
    await driveRun(await beginRun(at(`${place}-whole`), {}), driving)
    const whole = await writtenBy(at(`${place}-whole`))
    const killed = await runKilled(driving, at(`${place}-killed`))
    expect(await writtenBy(at(`${place}-killed`))).toEqual(whole)
    expect(killed).toContain('policy')
    expect(whole['metrics.jsonl']!.match(/"policy","step":3/g)).toHaveLength(1)
  })
})
