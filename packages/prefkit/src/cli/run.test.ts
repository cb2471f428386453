import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { storiesPath } from '../lm/testing/stories'
import { createProgram } from './program'
import { runPrefkit, startPrefkit } from './testing/run-prefkit'

let folder = ''
const at = (...names: string[]) => join(folder, ...names)
const read = (name: string) => readFile(at(name), 'utf8')
const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

const golden = '{type: lexicon, plus: [happy, good, fun], minus: [sad, bad]}'

/** Every stage, two or three steps of each. */
const settings = (): string => `
model: {path: ${storiesPath}}
prompts: {files: prompts.jsonl, heldOut: 0.3}
sampling: {maxNewTokens: 10}
sft: {files: texts.jsonl, batchSize: 4, learningRate: 1e-3}
comparisons: {source: simulated, pairs: 24, golden: ${golden}, annotator: {beta: 20}}
rewardModel: {kind: scalar, batchSize: 8, learningRate: 1e-3}
policy:
  algorithm: grpo
  steps: 3
  promptsPerStep: 2
  learningRate: 1e-3
  rewards: [{type: score}, {type: length, shape: perToken, options: {penalty: 0.01}}]
evaluation: {everySteps: 2, prompts: 1, golden: ${golden}}
samplesEverySteps: 2
`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-run-'))
  const prompts = ['Tom', 'Lily', 'Ben', 'Sue'].flatMap((name) =>
    ['dog', 'cat', 'ball'].map((thing) => ({ prompt: `${name} had a ${thing}.` })),
  )
  const linesOf = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  await writeFile(at('prompts.jsonl'), linesOf(prompts))
  const texts = prompts.slice(0, 8).map((row) => ({ ...row, completion: ' It was a happy day.' }))
  await writeFile(at('texts.jsonl'), linesOf(texts))
  await writeFile(at('config.yaml'), settings())
})
afterAll(() => rm(folder, { recursive: true }))

it('makes all stages, and comes to the same bytes after three kills', async () => {
  const whole = runPrefkit(folder, ['run', 'config.yaml', '--out', 'whole'])
  expect(whole.status).toBe(0)
  const stages = ['sft', 'comparisons', 'reward_model', 'policy', 'evaluation']
  for (const stage of stages) expect(whole.stdout).toMatch(new RegExp(`^${stage} +\\d+ +[\\d.]+ s`, 'm'))
  expect(whole.stderr).toMatch(/policy: 3 steps in .* s; a step takes .* s: generate .*, score .*, learn/)
  expect(whole.stderr).toMatch(/^policy .*\bkl \S+ nats a token, .*held-out kl \S+ nats a response/m)
  expect(whole.stdout).toMatch(/^Reward model: \d+\.\d % of \d+ held-out comparisons? decided/m)
  expect(whole.stdout).toMatch(/^1 held-out prompt × 1 response; intervals are over prompts/m)
  for (const name of ['Golden reward', 'Reward', 'KL (nats a response)', 'score', 'perToken'])
    expect(whole.stdout).toContain(`\n${name} `)
  const metrics = rowsOf(await read('whole/metrics.jsonl'))
  expect(metrics.map(({ stage, step }) => `${stage} ${step}`)).toEqual([
    ...['sft 1', 'sft 2', 'comparisons 1', 'comparisons 2', 'reward_model 1'],
    ...['reward_model 2', 'reward_model 3'],
    ...['policy 1', 'policy 2', 'policy 3', 'evaluation 1', 'evaluation 2'],
  ])
  const policy = metrics.find(({ stage, step }) => stage === 'policy' && step === 2)
  expect(Object.keys(policy)).toEqual(
    expect.arrayContaining(['reward', 'rewards/score/mean', 'rewards/perToken/mean', 'kl', 'eval_kl']),
  )
  const samples = rowsOf(await read('whole/samples.jsonl'))
  expect(samples.filter(({ split }) => split === 'held-out')).toHaveLength(4)
  // The reference of the second is what the policy began as.
  const [before, after] = metrics.slice(-2)
  expect(Math.abs(before.eval_kl)).toBeLessThan(1e-4)
  expect(Math.abs(after.eval_kl)).toBeGreaterThan(1e-3)
  // One response is evaluated.
  expect(samples.findLast(({ stage }) => stage === 'evaluation').kl).toBe(after.eval_kl)

  const logged = async () => (await read('killed/metrics.jsonl').catch(() => '')).split('\n').length - 1
  const killAt = async (args: readonly string[], records: number) => {
    const child = startPrefkit(folder, ['run', ...args])
    const ended = once(child, 'exit')
    while (child.exitCode === null && (await logged()) < records)
      await new Promise((resolve) => setTimeout(resolve, 2))
    expect(child.exitCode).toBeNull()
    child.kill('SIGKILL')
    await ended
    expect(await logged()).toBeLessThan(metrics.length)
  }
  await killAt(['config.yaml', '--out', 'killed', '--set', 'checkpointSeconds=0'], 1)
  await killAt(['--resume', 'killed'], 4)
  await killAt(['--resume', 'killed'], 7)
  const resumed = runPrefkit(folder, ['run', '--resume', 'killed', '--json', '--quiet'])
  const warned = expect.stringMatching(
    /^(warning: (rewardModel: .* may be chance: .*|prompts: \d to evaluate on, fewer than 8.*)\n)+$/,
  )
  expect(resumed).toMatchObject({ status: 0, stderr: warned })
  const { stages: told } = JSON.parse(resumed.stdout)
  expect(told.map(({ stage }: { stage: string }) => stage)).toEqual(stages)
  for (const name of ['metrics.jsonl', 'samples.jsonl', 'stages/comparisons/comparisons.jsonl'])
    expect(await read(`killed/${name}`)).toBe(await read(`whole/${name}`))
  const weights = (name: string) => readFile(at(name, 'stages/policy/model/model.safetensors'))
  expect((await weights('killed')).equals(await weights('whole'))).toBe(true)
})

it('shows the plan of a run, with memory and time, and makes none', async () => {
  const written: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((piece) => written.push(`${piece}`) > 0)
  const args = ['run', at('config.yaml'), '--dry-run', '--out', at('planned')]
  const own = ['sft', 'prompts'].flatMap((section, i) => {
    return ['--set', `${section}.files=${at(['texts.jsonl', 'prompts.jsonl'][i]!)}`]
  })
  await createProgram().parseAsync([...args, ...own, '--json'], { from: 'user' })
  await createProgram().parseAsync([...args, ...own], { from: 'user' })
  write.mockRestore()
  const { stages, memory, seconds, config } = JSON.parse(written[0]!)
  const work = stages.map(({ stage, steps, responses, drawn }: Record<string, number>) => {
    return [stage, steps, responses, drawn]
  })
  expect(work).toEqual([
    ['sft', 2, 0, 0],
    ['comparisons', 2, 48, 480],
    ['reward_model', 3, 0, 0],
    // 3 steps of 2 prompts and 4 responses; the only prompt to evaluate on, after the second and the last.
    ['policy', 3, 26, 260],
    ['evaluation', 2, 2, 20],
  ])
  // The weights are a megabyte; the rest is the program.
  expect(memory).toBeGreaterThan(1e8)
  expect(memory).toBeLessThan(1e9)
  expect(seconds).toBeGreaterThan(0)
  expect(config.policy).toMatchObject({ algorithm: 'grpo', minibatches: 1 })
  expect(written[1]).toMatch(/^seed: 0\n[\s\S]*\nmodel: 260,032 parameters\n[\s\S]*\npolicy +3 +26 +260 /)
  expect(written[1]).toMatch(/\nwarning: prompts: 1 to evaluate on, fewer than 8/)
  await expect(stat(at('planned'))).rejects.toThrow(/ENOENT/)
})

it('stops at Ctrl-C with the command that goes on, and takes no settings then', async () => {
  const child = startPrefkit(folder, ['run', 'config.yaml', '--out', 'stopped'])
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece
    if (/^sft: /m.test(stderr) && !child.killed) child.kill('SIGINT')
  })
  const [status] = await once(child, 'close')
  expect({ status, stderr }).toMatchObject({
    status: 130,
    stderr: expect.stringMatching(/stopped; go on with: prefkit run --resume stopped/),
  })
  expect(runPrefkit(folder, ['run', '--resume', 'stopped', '--set', 'seed=1']).stderr).toMatch(
    /--set cannot be given with --resume/,
  )
})

it.each([
  [['run'], /expected either a file of settings, or --resume <directory>/],
  [['--resume', 'there'], /--out cannot be given with --resume/],
  [['run', '--settings', 'anchor'], /--settings: expected one of run, model, .*; did you mean anchors\?/],
  [['--set', 'policy.stepz=3'], /--set: policy\.stepz: no such setting; did you mean steps\?/],
  [['--set', 'model.path=nowhere.bin'], /nowhere\.bin: no such file or directory; expected a model/],
])('%j says what is wrong, and leaves no run', async (given, message) => {
  const args = given[0] === 'run' ? given : ['run', at('config.yaml'), '--out', at('none'), ...given]
  await expect(createProgram().parseAsync(args, { from: 'user' })).rejects.toThrow(message)
  await expect(stat(at('none'))).rejects.toThrow(/ENOENT/)
})
