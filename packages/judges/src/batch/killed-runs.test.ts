import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256 } from '../canonical-json'
import { type Asked, faults, type Received, type Script, startServer } from '../testing'
import type { JudgePairsSettings } from './testing/judge-pairs'
import { startProgram, untilEnd } from './testing/run-program'
import { until } from './testing/until'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-killed-'))
})
afterEach(() => rm(folder, { recursive: true }))

const digest = (asked: Asked) => Number.parseInt(sha256(asked.prompt).slice(0, 8), 16)

/** An opinion that depends on the prompt alone, after a time that does too. */
const opinion: Script = async (asked) => {
  await pause(2 + (digest(asked) % 11))
  return digest(asked) % 3 === 0 ? 'Yes' : 'No'
}

const trouble = [
  faults.tooManyRequests(0),
  undefined,
  faults.status(500),
  undefined,
  faults.reset,
  undefined,
  faults.truncate,
]

/** Every fifth request goes wrong, one way after another. */
const faultOf = ({ index }: Received) =>
  index % 5 === 2 ? trouble[((index / 5) % trouble.length) | 0] : undefined

const judge = (settings: JudgePairsSettings) => startProgram('judge-pairs.ts', [JSON.stringify(settings)])

type Line = { id: string; judgement: { usage: object } }

const linesOf = (text: string): Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const withoutUsage = (text: string) =>
  linesOf(text).map(({ id, judgement: { usage: _, ...judgement } }) => ({ id, judgement }))

const count = 150
const votes = 2
const concurrency = 6
const callsPerPair = 2 * votes
const base = { count, votes, concurrency, requests: 6 }

// How many answers a session gets before it is killed: the first dies early, later ones between and after writes.
const killedAfter = [3, 97, 41, 160, 8]

/** Runs to the end, killed again and again on the way; gives the output of the last session. */
async function runKilled(settings: JudgePairsSettings, received: readonly Received[]) {
  for (const more of killedAfter) {
    const before = received.length
    const child = judge(settings)
    const ended = untilEnd(child)
    await until(() => received.length >= before + more || child.exitCode !== null)
    child.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
  }
  return untilEnd(judge(settings))
}

test.each([
  { name: 'journal', hasCache: false },
  { name: 'journal and cache', hasCache: true },
])(
  'with $name, killed runs lose nothing, and pay twice only for what was in flight',
  async ({ hasCache }) => {
    const settingsOf = (name: string, url: string): JudgePairsSettings => ({
      ...base,
      url,
      journal: join(folder, name, 'journal.jsonl'),
      ...(hasCache ? { cache: join(folder, name, 'cache') } : {}),
    })
    await using calm = await startServer(opinion)
    const uninterrupted = await untilEnd(judge(settingsOf('calm', calm.url)))
    expect(uninterrupted).toMatchObject({ code: 0, stderr: '' })
    expect(calm.requests).toHaveLength(count * callsPerPair)

    await using server = await startServer(opinion, { faults: faultOf })
    const { url, origin } = server
    const { code, stdout, stderr } = await runKilled(settingsOf('killed', url), server.requests)
    expect({ code, stderr, origin }).toEqual({ code: 0, stderr: '', origin })

    // Each judgement comes once, and is what it would have been.
    expect(linesOf(stdout).map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, i) => `pair-${i}`))
    if (!hasCache) expect(stdout.replaceAll(origin, calm.origin)).toBe(uninterrupted.stdout)
    else expect(withoutUsage(stdout)).toEqual(withoutUsage(uninterrupted.stdout))

    // In flight at a kill are at most so many pairs, with the answers of theirs that no file had yet.
    const paid = server.requests.filter((request) => faultOf(request) === undefined).length
    expect(paid).toBeGreaterThanOrEqual(count * callsPerPair)
    expect(paid - count * callsPerPair).toBeLessThanOrEqual(killedAfter.length * concurrency * callsPerPair)

    // What is finished is not asked for again at all.
    const asked = server.requests.length
    expect((await untilEnd(judge(settingsOf('killed', url)))).stdout).toBe(stdout)
    expect(server.requests).toHaveLength(asked)
  },
)

test('with the cache, the votes that a pair in flight had are kept', async () => {
  const state = { isHung: true }
  await using server = await startServer(opinion, {
    faults: ({ index }) => (state.isHung && index === 4 ? faults.hang() : undefined),
  })
  const settings: JudgePairsSettings = {
    url: server.url,
    count: 1,
    votes: 3,
    concurrency: 1,
    requests: 1,
    journal: join(folder, 'journal.jsonl'),
    cache: join(folder, 'cache'),
  }
  const child = judge(settings)
  const ended = untilEnd(child)
  const entries = async () =>
    (await readdir(join(folder, 'cache'), { recursive: true }).catch(() => [])).filter((name) =>
      name.endsWith('.json'),
    )
  const isThere = async () => server.requests.length === 5 && (await entries()).length === 4
  await until(async () => child.exitCode !== null || (await isThere()))
  child.kill('SIGKILL')
  await ended
  state.isHung = false
  const { code, stdout } = await untilEnd(judge(settings))
  expect(code).toBe(0)
  expect(server.requests).toHaveLength(7)
  expect(linesOf(stdout)[0]?.judgement.usage).toMatchObject({ calls: 2, cachedCalls: 4 })
})

test('the journal of a killed process can be read by anyone: one JSON object a line', async () => {
  await using server = await startServer(opinion)
  const journal = join(folder, 'journal.jsonl')
  const { code } = await untilEnd(judge({ ...base, count: 3, url: server.url, journal }))
  expect(code).toBe(0)
  const [header, ...entries] = (await readFile(journal, 'utf8')).trim().split('\n')
  expect(JSON.parse(header!)).toMatchObject({ prefkit: 'judge-journal', layout: 1, task: 'compare' })
  expect(entries.map((line) => JSON.parse(line).id).sort()).toEqual(['pair-0', 'pair-1', 'pair-2'])
})
