import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type JudgeScript, type JudgeServer, startJudgeServer } from '../../cli/testing/judge-server'
import { storiesPath } from '../../lm/testing/stories'
import type { RunSettings } from './config/run-config'
import { type RunLoopOptions, resumeLoop, runLoop } from './run-loop'

let folder = ''
let servers: JudgeServer[] = []
const at = (name: string): string => join(folder, name)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-judged-'))
  const prompts = ['Tom', 'Lily', 'Ben'].map((name) => ({ prompt: `${name} had a dog.` }))
  await writeFile(at('prompts.jsonl'), prompts.map((row) => `${JSON.stringify(row)}\n`).join(''))
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
  await rm(folder, { recursive: true })
})

/** A digit that a question alone decides. */
const digitOf = (question: string): number =>
  1 + ([...question].reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) % 997, 7) % 9)

/** Scores criteria where it is asked for them, and rates otherwise. */
function answer(question: string): string {
  const score = digitOf(question)
  return question.includes('"name: score"')
    ? `<evaluation>So it is.</evaluation>\nKindness: ${score}\nClarity: ${10 - score}\n<answer>5</answer>`
    : `It is what it is.\n${score}`
}

async function serve(script: JudgeScript): Promise<JudgeServer> {
  const server = await startJudgeServer(script)
  servers = [...servers, server]
  return server
}

/** Two steps of four responses, each of which two judges are asked about. */
const settings = (baseUrl: string, checkpointSeconds = 0): RunSettings => {
  const judge = { judge: 'openai:any', baseUrl, retries: 0, concurrency: 2 }
  return {
    model: { path: storiesPath },
    prompts: { files: [at('prompts.jsonl')], heldOut: 0 },
    sampling: { maxNewTokens: 12 },
    checkpointSeconds,
    policy: {
      ...{ algorithm: 'grpo', steps: 2, promptsPerStep: 2, samplesPerPrompt: 2, learningRate: 1e-3 },
      rewards: [
        { type: 'judge', asking: 'scores', ...judge },
        {
          ...{ type: 'rubric', weight: 0.5, ...judge },
          criteria: [
            { name: 'Kindness', description: 'Is the story kind?', weight: 3 },
            { name: 'Clarity', description: 'Is it clear?' },
          ],
        },
      ],
    },
  }
}

const metricsOf = (name: string): Promise<string> => readFile(at(`${name}/metrics.jsonl`), 'utf8')
const rowsOf = async (name: string): Promise<Record<string, number>[]> =>
  (await metricsOf(name))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

it('learns from judges on a server, a criterion at a time', async () => {
  const { url, prompts } = await serve({ text: answer })
  await runLoop(settings(url), at('run'))
  const rows = await rowsOf('run')
  expect(rows).toHaveLength(2)
  for (const row of rows) {
    const [kindness, clarity] = [
      row['rewards/rubric/criteria/kindness'],
      row['rewards/rubric/criteria/clarity'],
    ]
    expect(row['rewards/rubric/mean']).toBeCloseTo((3 * kindness! + clarity!) / 4, 12)
    expect(row.reward).toBeCloseTo(row['rewards/judge/mean']! + 0.5 * row['rewards/rubric/mean']!, 12)
    expect(row).toMatchObject({
      'rewards/judge/unread': 0,
      'rewards/judge/failed': 0,
      'rewards/judge/calls': 4,
    })
  }
  expect(prompts).toHaveLength(16)
})

it('counts answers that cannot be read, and learns nothing from them', async () => {
  const { url } = await serve({
    text: (question) => (digitOf(question) % 2 === 0 ? answer(question) : 'I would rather not say.'),
  })
  await runLoop(settings(url), at('run'))
  const rows = await rowsOf('run')
  const unread = rows.flatMap((row) => [row['rewards/judge/unread']!, row['rewards/rubric/unread']!])
  expect(Math.max(...unread)).toBeGreaterThan(0)
  expect(Math.max(...unread)).toBeLessThanOrEqual(1)
  // Shares of four responses.
  for (const share of unread) expect([0, 0.25, 0.5, 0.75, 1]).toContain(share)
  const samples = (await readFile(at('run/samples.jsonl'), 'utf8')).trimEnd().split('\n')
  const scores = samples.map((line) => JSON.parse(line)).map(({ rewards }) => rewards.judge)
  // (n − 1) / 9 of even n, and nothing of the others.
  for (const score of scores) expect([null, 1 / 9, 3 / 9, 5 / 9, 7 / 9]).toContain(score)
})

it('says what a judge wrote none of whose answers can be read', async () => {
  const { url } = await serve({
    text: (question) =>
      question.includes('"name: score"')
        ? '<evaluation>So it is.</evaluation>\nKindness: 3\n<answer>5</answer>'
        : 'I would rather not say.',
  })
  await expect(runLoop(settings(url), at('run'))).rejects.toThrow(
    /^rewards: none gave a score for any of 4 responses; judge: .+, in the answer "I would rather not say\."; rubric: there is no score of Clarity, in the answer "<evaluation>/,
  )
})

it('keeps what judges have answered before the first step is done, and nothing where none has', async () => {
  const { url } = await serve({ text: () => 'I would rather not say.' })
  await expect(runLoop(settings(url), at('run'))).rejects.toThrow(/go on with: prefkit run --resume/)
  expect(existsSync(at('run/config.json'))).toBe(true)
  const gone = await startJudgeServer({ text: answer })
  await gone.close()
  await expect(runLoop(settings(gone.url), at('none'))).rejects.toThrow(/none of 4 questions was answered/)
  expect(existsSync(at('none'))).toBe(false)
})

it('ends with the judge’s name and place where its server goes away, and goes on to the same bytes', async () => {
  const first = await serve({ text: answer })
  await runLoop(settings(first.url), at('whole'))
  const second = await serve({ text: answer })
  let gone: Promise<void> | undefined
  const options: RunLoopOptions = {
    placeOf: (path) => `run.yaml:9: ${path.join('.')}`,
    onEvent: ({ kind }) => {
      if (kind === 'step') gone ??= second.close()
    },
  }
  const failed = await runLoop(settings(second.url), at('run'), options).catch((error: Error) => error)
  await gone
  expect(failed).toMatchObject({
    code: 'BAD_REWARD',
    message: expect.stringMatching(
      /^run\.yaml:9: policy\.rewards\.[01]: (judge|rubric) \(type \1\): none of 4 questions was answered, the first failed with: .*127\.0\.0\.1/,
    ),
  })
  expect(await rowsOf('run')).toHaveLength(1)
  await serve({ text: answer, port: Number(new URL(second.url).port) })
  await resumeLoop(at('run'))
  expect(await metricsOf('run')).toBe(await metricsOf('whole'))
})

it('asks nothing twice where it was stopped within a step, and tells the same numbers', async () => {
  const first = await serve({ text: answer })
  await runLoop(settings(first.url), at('whole'))
  const stop = new AbortController()
  const second = await serve({
    text: (question) => {
      // In the second step, of which some questions are answered and others are not.
      if (second.prompts.length >= 12) stop.abort()
      return answer(question)
    },
  })
  const slow = settings(second.url, 1e6)
  const stopped = await runLoop(slow, at('run'), { signal: stop.signal }).catch((error: Error) => error)
  expect(stopped).toMatchObject({ code: 'INTERRUPTED' })
  await resumeLoop(at('run'))
  expect(await metricsOf('run')).toBe(await metricsOf('whole'))
  // What was in flight may be asked again.
  expect(new Set(second.prompts)).toEqual(new Set(first.prompts))
  expect(second.prompts.length).toBeLessThan(32)
})
