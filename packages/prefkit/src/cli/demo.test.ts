import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { locate } from '../loop/run/config/read-run-config'
import { parseRunConfig } from '../loop/run/config/run-config'
import { runPrefkit, startPrefkit } from './testing/run-prefkit'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-demo-'))
})
afterAll(() => rm(folder, { recursive: true }))

const read = (...names: string[]) => readFile(join(folder, ...names), 'utf8')

/** The demo, of all its stages a few steps. */
const small = Object.entries({
  'prompts.limit': 6,
  'comparisons.pairs': 56,
  'comparisons.pairsPerStep': 28,
  'anchors.n': 2,
  'policy.steps': 2,
  'policy.promptsPerStep': 2,
  'evaluation.prompts': 3,
  'sampling.maxNewTokens': 12,
  checkpointSeconds: 0,
}).flatMap(([name, value]) => ['--set', `${name}=${value}`])

it('goes from comparisons to a report, and to the same numbers after a kill', async () => {
  const whole = runPrefkit(folder, ['demo', ...small, '--out', 'whole', '--ui'])
  expect(whole.status).toBe(0)
  expect(whole.stderr).toMatch(/Simulated readers who like warm ones/)
  expect(whole.stderr).toMatch(/^live page: http:\/\/127\.0\.0\.1:\d+\/$/m)
  for (const stage of ['comparisons', 'reward_model', 'anchors', 'policy', 'evaluation'])
    expect(whole.stdout).toMatch(new RegExp(`^${stage} +\\d+ +[\\d.]+ s`, 'm'))
  expect(whole.stdout).toMatch(/^stage .* generate +score .* learn/m)
  expect(whole.stdout).toMatch(/^win probability +\d+\.\d % +\d+\.\d % {3}against/m)
  const [, before, after] = /^KL +(-?[\d.]+) +(-?[\d.]+)/m.exec(whole.stdout)!
  expect(Math.abs(Number(before))).toBeLessThan(0.005)
  expect(Math.abs(Number(after))).toBeGreaterThan(0.005)
  expect(whole.stdout).toMatch(/ {2}before: \S.*\n {2}after: {2}\S/)
  const report = await read('whole', 'report.html')
  for (const part of ['Win probability', 'Golden reward', 'KL']) expect(report).toContain(part)

  const child = startPrefkit(folder, ['demo', ...small, '--out', 'killed'])
  const ended = once(child, 'exit')
  const logged = async () => (await read('killed', 'metrics.jsonl').catch(() => '')).split('\n').length - 1
  while (child.exitCode === null && (await logged()) < 4)
    await new Promise((resolve) => setTimeout(resolve, 2))
  expect(child.exitCode).toBeNull()
  child.kill('SIGKILL')
  await ended
  const resumed = runPrefkit(folder, ['demo', '--resume', 'killed', '--json'])
  const warned = expect.stringMatching(/^warning: prompts: 6 to evaluate on, fewer than 8[^\n]*\n$/)
  expect(resumed).toMatchObject({ status: 0, stderr: warned })
  expect(JSON.parse(resumed.stdout)).toMatchObject({ run: 'killed', report: join('killed', 'report.html') })
  for (const name of ['metrics.jsonl', 'samples.jsonl'])
    expect(await read('killed', name)).toBe(await read('whole', name))
  // What goes on with a run does not make it again.
  expect(await read('killed', 'report.html')).not.toContain('--resume')
})

it('prints settings that prefkit run takes', () => {
  const { status, stdout } = runPrefkit(folder, ['demo', '--config'])
  expect(status).toBe(0)
  const located = locate(stdout, 'demo.yaml')
  const { policy, evaluation, comparisons } = parseRunConfig(located.value, located)
  expect(policy).toMatchObject({ algorithm: 'ppo', value: 'anchor', rewards: [{ type: 'winProbability' }] })
  expect(comparisons).toMatchObject({ source: 'simulated', golden: evaluation.golden })
})
