import { appendFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { JudgeError } from '../judge-error'
import { cachedUsage, noUsage, sumUsages, type Usage } from '../usage'
import type { BatchOptions } from './batch-options'
import type { BatchProgress } from './progress'
import { type BatchOutcome, type BatchTask, runBatch } from './run-batch'

interface Item {
  readonly id: string
  readonly n: number
}

interface Squared {
  readonly square: number
}

let folder = ''
let journal = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-batch-'))
  journal = join(folder, 'journal.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

const items = (count: number, from = 0): Item[] =>
  Array.from({ length: count }, (_, i) => ({ id: `item-${from + i}`, n: from + i }))

/** Squares numbers, after what `before` waits for; counts what it is asked. */
function squares(before: (item: Item, signal: AbortSignal) => unknown = () => {}) {
  const asked: string[] = []
  const task: BatchTask<Item, Squared> = {
    task: 'square',
    name: 'squares',
    identity: { power: 2 },
    run: async (item, { signal }) => {
      asked.push(item.id)
      await before(item, signal!)
      return { square: item.n ** 2 }
    },
    usageOf: () => ({ ...noUsage, calls: 1, promptTokens: 10, completionTokens: 1 }),
  }
  return { task, asked }
}

async function collect(
  task: BatchTask<Item, Squared>,
  all: Iterable<Item> | AsyncIterable<Item>,
  options: BatchOptions = {},
) {
  const outcomes: BatchOutcome<Squared>[] = []
  const error = await (async () => {
    for await (const outcome of runBatch(task, all, options)) outcomes.push(outcome)
  })().catch((caught: unknown) => caught)
  return { outcomes, error: error as (Error & { code?: string }) | undefined }
}

const expected = (all: readonly Item[]) => all.map(({ id, n }) => ({ id, result: { square: n ** 2 } }))

const later = ({ n }: Item) => pause((n * 7) % 5)

test('gives results in the order of the items, whatever order they finish in', async () => {
  const { outcomes, error } = await collect(squares(later).task, items(50), { concurrency: 7 })
  expect(error).toBeUndefined()
  expect(outcomes).toEqual(expected(items(50)))
})

test('gives results as they finish where order is not asked for', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const { task } = squares(({ n }) => (n === 0 ? held : undefined))
  const ids: string[] = []
  for await (const { id } of runBatch(task, items(20), { ordered: false, concurrency: 3 })) {
    ids.push(id)
    if (ids.length === 19) release()
  }
  expect(ids.at(-1)).toBe('item-0')
  expect(new Set(ids).size).toBe(20)
})

test('no more than the concurrency is in flight, and no more than the window is taken before it is given', async () => {
  let inFlight = 0
  let most = 0
  let taken = 0
  let given = 0
  const { task } = squares(async (item) => {
    most = Math.max(most, ++inFlight)
    await later(item)
    inFlight -= 1
  })
  async function* stream() {
    for (const item of items(300)) {
      taken += 1
      yield item
    }
  }
  let mostHeld = 0
  for await (const _ of runBatch(task, stream(), { concurrency: 4, window: 9 })) {
    given += 1
    if (given % 50 === 0) await pause(20)
    mostHeld = Math.max(mostHeld, taken - given)
  }
  expect(given).toBe(300)
  expect(most).toBe(4)
  expect(mostHeld).toBeLessThanOrEqual(9)
})

test('a journal that is complete answers everything, with the same results', async () => {
  const first = squares(later)
  const before = await collect(first.task, items(40), { journal })
  const again = squares()
  const after = await collect(again.task, items(40), { journal })
  expect(again.asked).toEqual([])
  expect(JSON.stringify(after)).toBe(JSON.stringify(before))
})

test('goes on after a journal that was cut at any byte, and asks only for what it lacks', async () => {
  await collect(squares().task, items(3), { journal, concurrency: 1 })
  const whole = await readFile(journal)
  for (let length = 0; length <= whole.length; length++) {
    await writeFile(journal, whole.subarray(0, length))
    const kept = whole.subarray(0, length).filter((byte) => byte === 10).length
    const { task, asked } = squares()
    const seen: BatchProgress[] = []
    const onProgress = (progress: BatchProgress) => seen.push(progress)
    const { outcomes, error } = await collect(task, items(3), { journal, onProgress, concurrency: 1 })
    expect(error).toBeUndefined()
    expect(outcomes).toEqual(expected(items(3)))
    expect(asked).toHaveLength(3 - Math.max(0, kept - 1))
    expect(seen.at(-1)?.tornLines).toBe(length === 0 || whole[length - 1] === 10 ? 0 : 1)
    expect(await readFile(journal)).toEqual(whole)
  }
})

test('every line of a journal has a checksum that any change of a byte breaks', async () => {
  await collect(squares().task, items(3), { journal, concurrency: 1 })
  const whole = await readFile(journal)
  const secondLine = whole.indexOf(10) + 1
  for (let at = secondLine; at < whole.length - 1; at += 3) {
    const changed = Buffer.from(whole)
    changed[at]! ^= 1
    await writeFile(journal, changed)
    const { error } = await collect(squares().task, items(3), { journal })
    // A line end that appears or goes joins or parts lines, whose checksums then fail too.
    expect(error?.code, `byte ${at}`).toBe('JOURNAL_DAMAGED')
  }
})

test('refuses journals of others, and files that are none', async () => {
  await collect(squares().task, items(2), { journal })
  const other = { ...squares().task, identity: { power: 3 } }
  const { error } = await collect(other, items(2), { journal })
  expect(error?.code).toBe('JOURNAL_MISMATCH')
  expect(error?.message).toContain('its identity is {"power":2}, and that of this run is {"power":3}')
  expect((await collect({ ...squares().task, task: 'x' }, [], { journal })).error?.code).toBe(
    'JOURNAL_MISMATCH',
  )
  const settings = { temperature: 1 }
  expect((await collect(squares().task, items(2), { journal, settings })).error?.message).toContain(
    'its settings is',
  )
  for (const text of ['{"notes": 1}', '{"notes": 1}\n']) {
    await writeFile(journal, text)
    expect((await collect(squares().task, items(2), { journal })).error?.code).toBe('JOURNAL_MISMATCH')
    expect(await readFile(journal, 'utf8')).toBe(text)
  }
})

test('refuses an item that changed under its id, and ids that come twice or are none', async () => {
  await collect(squares().task, items(5), { journal })
  const changed = [...items(2), { id: 'item-2', n: 77 }]
  const { outcomes, error } = await collect(squares().task, changed, { journal })
  expect(error?.code).toBe('ITEM_CHANGED')
  expect(error?.message).toContain('"item-2"')
  expect(outcomes).toEqual(expected(items(2)))
  const twice = await collect(squares(later).task, [...items(9), ...items(1)])
  expect(twice.error?.code).toBe('DUPLICATE_ID')
  expect(twice.outcomes).toEqual(expected(items(9)))
  expect((await collect(squares().task, [{ id: '', n: 1 }])).error?.code).toBe('INVALID_INPUT')
})

test('a journal may have more items than are asked for, and get more', async () => {
  await collect(squares().task, items(5), { journal })
  const { task, asked } = squares()
  expect((await collect(task, items(6, 3), { journal })).outcomes).toEqual(expected(items(6, 3)))
  expect(asked).toEqual(['item-5', 'item-6', 'item-7', 'item-8'])
})

test('entries longer than a page are read whole', async () => {
  const task: BatchTask<Item, { text: string }> = {
    task: 'write',
    name: 'long',
    identity: {},
    run: async ({ n }) => ({ text: 'ß\n'.repeat(n) }),
  }
  const all = [0, 1, 4_000, 100_000].map((n) => ({ id: `${n}`, n }))
  for (let session = 0; session < 2; session++)
    for await (const { id, result } of runBatch(task, all, { journal }))
      expect(result?.text.length).toBe(2 * Number(id))
})

test('one process has a journal at a time', async () => {
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { task } = squares(() => {
    asked.resolve()
    return answer.promise
  })
  const run = collect(task, items(3), { journal })
  await asked.promise
  const { error } = await collect(squares().task, items(3), { journal })
  answer.resolve()
  expect(error?.code).toBe('LOCKED')
  expect((await run).error).toBeUndefined()
  expect((await collect(squares().task, items(3), { journal })).error).toBeUndefined()
})

const failing = (bad: number, code?: string) =>
  squares(({ n }) => {
    if (n === bad) throw Object.assign(new Error('the server is gone'), code ? { code } : {})
  })

test('stops with the item that failed, after those in flight, and asks for it again', async () => {
  const { task } = failing(5, 'ECONNRESET')
  const { outcomes, error } = await collect(task, items(100), { journal, concurrency: 4 })
  expect(error?.code).toBe('ITEM_FAILED')
  expect(error?.message).toBe('item "item-5" failed with ECONNRESET: the server is gone')
  expect(error?.cause).toMatchObject({ code: 'ECONNRESET' })
  expect(error).toMatchObject({ parameter: 'items["item-5"]' })
  expect(outcomes.map(({ id }) => id)).not.toContain('item-5')
  expect(outcomes.length).toBeLessThan(20)
  const again = squares()
  expect((await collect(again.task, items(100), { journal })).outcomes).toEqual(expected(items(100)))
  expect(again.asked).toHaveLength(100 - outcomes.length)
})

test('collects failures as results, and retries them only when asked to', async () => {
  const options = { journal, onError: 'collect' } as const
  const { outcomes } = await collect(failing(1).task, items(3), options)
  expect(outcomes[1]).toEqual({ id: 'item-1', error: { code: 'Error', message: 'the server is gone' } })
  const idle = squares()
  expect((await collect(idle.task, items(3), options)).outcomes).toEqual(outcomes)
  expect(idle.asked).toEqual([])
  const retry = squares()
  const { outcomes: repaired } = await collect(retry.task, items(3), { ...options, retryFailed: true })
  expect(retry.asked).toEqual(['item-1'])
  expect(repaired).toEqual(expected(items(3)))
  expect((await collect(idle.task, items(3), options)).outcomes).toEqual(repaired)
})

test('a signal aborts what is in flight and leaves a journal to go on with', async () => {
  const controller = new AbortController()
  const { task } = squares((item, signal) => pause(item.n < 10 ? 0 : 60_000, undefined, { signal }))
  const onProgress = ({ done }: BatchProgress) => {
    if (done === 10) controller.abort(new Error('enough'))
  }
  const options = { journal, signal: controller.signal, concurrency: 4, onProgress }
  const { outcomes, error } = await collect(task, items(30), options)
  expect(error?.message).toBe('enough')
  expect(outcomes).toEqual(expected(items(10)))
  const again = squares()
  expect((await collect(again.task, items(30), { journal })).outcomes).toEqual(expected(items(30)))
  expect(again.asked).toHaveLength(20)
})

test('a signal that comes while the journal is being opened counts too, as one that came before', async () => {
  for (const isEarly of [true, false]) {
    const controller = new AbortController()
    if (isEarly) controller.abort(new Error('enough'))
    const { task, asked } = squares()
    const run = collect(task, items(3), { journal, signal: controller.signal })
    controller.abort(new Error('enough'))
    expect((await run).error?.message).toBe('enough')
    expect(asked).toEqual([])
  }
})

test('a signal ends the wait for items that do not come', async () => {
  const controller = new AbortController()
  async function* stream() {
    yield* items(2)
    await new Promise(() => {})
  }
  setTimeout(() => controller.abort(new Error('enough')), 20)
  const { outcomes, error } = await collect(squares().task, stream(), { signal: controller.signal })
  expect(outcomes).toEqual(expected(items(2)))
  expect(error?.message).toBe('enough')
})

test('whoever leaves the loop stops the run', async () => {
  const stopped: string[] = []
  const { task } = squares((item, signal) =>
    item.n < 2 ? undefined : pause(60_000, undefined, { signal }).catch(() => stopped.push(item.id)),
  )
  for await (const { id } of runBatch(task, items(30), { concurrency: 3, journal }))
    if (id === 'item-1') break
  expect(stopped.length).toBeGreaterThan(0)
  expect(stopped.length).toBeLessThanOrEqual(3)
  await expect(stat(`${journal}.lock`)).rejects.toThrow('ENOENT')
})

test('an error of the items themselves comes after the results that are there', async () => {
  async function* stream() {
    yield* items(7)
    throw new Error('the file is broken')
  }
  const { outcomes, error } = await collect(squares(later).task, stream())
  expect(error?.message).toBe('the file is broken')
  expect(outcomes).toEqual(expected(items(7)))
})

test('a budget ends the run cleanly, counts earlier sessions, and keeps what was paid', async () => {
  const { task, asked } = squares(later)
  const options = { journal, concurrency: 3, maxTokens: 110 }
  const { outcomes, error } = await collect(task, items(50), options)
  expect(error?.code).toBe('BUDGET_SPENT')
  expect(outcomes.length).toBe(asked.length)
  expect(outcomes).toEqual(expected(items(outcomes.length)))
  expect(outcomes.length).toBeGreaterThanOrEqual(10)
  expect(outcomes.length).toBeLessThan(13)
  const again = squares()
  expect((await collect(again.task, items(50), options)).error?.code).toBe('BUDGET_SPENT')
  expect(again.asked).toEqual([])
  const more = { ...options, maxTokens: 100_000 }
  expect((await collect(again.task, items(50), more)).outcomes).toEqual(expected(items(50)))
  expect(again.asked.length + asked.length).toBe(50)
})

test('a limit of cost takes prices, and says so where there are none', async () => {
  const prices = { prompt: 100_000, completion: 0 }
  const limited = await collect(squares().task, items(50), { maxCost: 5, prices, concurrency: 1 })
  expect(limited.error?.code).toBe('BUDGET_SPENT')
  expect(limited.error?.message).toBe('maxCost is 5, and the run has cost 5; raise it to go on')
  expect(limited.outcomes).toEqual(expected(items(5)))
  const unknown = await collect(squares().task, items(50), { maxCost: 5, concurrency: 1 })
  expect(unknown.error?.code).toBe('INVALID_OPTION')
})

test('progress counts what was done, what failed, what the journal had, and what it cost', async () => {
  const prices = { prompt: 1e5, completion: 0 }
  const options = { journal, prices, onError: 'collect', concurrency: 1 } as const
  await collect(squares().task, items(4), options)
  const seen: BatchProgress[] = []
  await collect(failing(6).task, items(8), { ...options, onProgress: (progress) => seen.push(progress) })
  expect(seen.map(({ done, failed }) => done + failed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(seen.at(-1)).toMatchObject({
    done: 7,
    failed: 1,
    resumed: 4,
    cached: 0,
    total: 8,
    concurrency: 1,
    eta: 0,
  })
  expect(seen.at(-1)?.usage).toEqual({
    calls: 7,
    cachedCalls: 0,
    promptTokens: 70,
    completionTokens: 7,
    cost: 7,
  })
  expect(seen.at(-1)?.rate).toBeGreaterThan(0)
})

test('what onProgress throws ends the run', async () => {
  const onProgress = () => {
    throw new Error('no terminal')
  }
  const { error } = await collect(squares(later).task, items(100), { onProgress })
  expect(error?.message).toBe('no terminal')
})

test('a result that JSON cannot hold is a failure of its item, and stops none of the others', async () => {
  const { task } = squares(({ n }, signal) => pause(n === 3 ? 0 : 30, undefined, { signal }))
  const run: typeof task.run = async (item, call) => {
    const { square } = await task.run(item, call)
    return { square: item.n === 3 ? Number.NaN : square }
  }
  const bad = { ...task, run }
  const seen: BatchProgress[] = []
  const onProgress = (progress: BatchProgress) => seen.push(progress)
  const collected = await collect(bad, items(20), { journal, onError: 'collect', onProgress })
  expect(collected.error).toBeUndefined()
  expect(collected.outcomes[3]?.error).toMatchObject({ code: 'INVALID_INPUT' })
  expect(collected.outcomes.filter(({ id }) => id !== 'item-3')).toEqual(
    expected(items(20)).filter(({ id }) => id !== 'item-3'),
  )
  // It was paid for all the same.
  expect(seen.at(-1)?.usage.calls).toBe(20)
  const stopped = await collect(bad, items(20), { journal: `${journal}.2` })
  expect(stopped.error?.code).toBe('ITEM_FAILED')
  expect(stopped.error?.cause).toMatchObject({ code: 'INVALID_INPUT' })
  expect(stopped.outcomes).toHaveLength(15)
})

const quit = new JudgeError('INTERRUPTED', 'ask', 'the person ended the questions')

test.each([
  ['stop', quit],
  ['collect', quit],
  ['collect', new JudgeError('QUORUM_MISSED', 'judges', 'x', { cause: new AggregateError([quit]) })],
] as const)('a person who quits ends the run with %s, and nothing of it is kept', async (onError, thrown) => {
  const { task, asked } = squares(({ n }) => {
    if (n >= 5) throw thrown
  })
  const options = { journal, onError, concurrency: 2 } as const
  const { outcomes, error } = await collect(task, items(40), options)
  expect(error).toBe(quit)
  expect(outcomes).toEqual(expected(items(5)))
  expect(asked.length).toBeLessThanOrEqual(7)
  expect(await readFile(journal, 'utf8')).not.toContain('INTERRUPTED')
  const again = squares()
  expect((await collect(again.task, items(40), options)).outcomes).toEqual(expected(items(40)))
  expect(again.asked).toHaveLength(35)
})

test('failures that say nothing of the item are asked for again by a run that collects', async () => {
  const failures: readonly [unknown, boolean][] = [
    [new JudgeError('NETWORK', 'baseUrl', 'gone'), true],
    [new JudgeError('SERVER_STATUS', 'apiKey', 'wrong key', { status: 401 }), true],
    [new JudgeError('SERVER_STATUS', 'baseUrl', 'overloaded', { status: 503 }), true],
    [new JudgeError('SERVER_STATUS', 'baseUrl', 'prompt too long', { status: 400 }), false],
    [new Error('wrapped', { cause: new JudgeError('TIMEOUT', 'timeout', 'slow') }), true],
    [new JudgeError('NO_ANSWER', 'judge', 'no answer'), false],
    ['a text', false],
  ]
  const { task } = squares(({ n }) => {
    throw failures[n]![0]
  })
  const all = items(failures.length)
  const options = { journal, onError: 'collect' } as const
  const { outcomes } = await collect(task, all, options)
  expect(outcomes.map(({ error }) => error?.outage === true)).toEqual(failures.map(([, outage]) => outage))
  const never = squares()
  await collect(never.task, all, { ...options, retryFailed: false })
  expect(never.asked).toEqual([])
  const again = squares()
  const { outcomes: repaired } = await collect(again.task, all, options)
  expect(again.asked).toEqual(['item-0', 'item-1', 'item-2', 'item-4'])
  expect(repaired.flatMap(({ error }) => error?.code ?? [])).toEqual(['SERVER_STATUS', 'NO_ANSWER', 'Error'])
})

/** Batches of one item each, with these usages. */
const using = (usages: readonly Usage[]): BatchTask<Item, Squared> => ({
  ...squares().task,
  usageOf: ({ square }) => usages[Math.sqrt(square)]!,
})

const paid: Usage = { calls: 1, cachedCalls: 0, promptTokens: 1e6, completionTokens: 0 }

test('an item that a cache answered does not hide that nobody knows what the others cost', async () => {
  for (const first of [cachedUsage, { ...cachedUsage, cost: 0 }, { ...paid, cost: 0.001 }]) {
    const task = using([first, paid, paid, paid])
    const { outcomes, error } = await collect(task, items(4), { maxCost: 1, concurrency: 1 })
    expect(error?.code).toBe('INVALID_OPTION')
    expect(error?.message).toContain('what 1 calls cost; expected prices')
    expect(outcomes).toHaveLength(2)
  }
})

test('prices are those of what has none: of the paid half of a cached item, of the unpriced member of a panel', async () => {
  const prices = { prompt: 2, completion: 0 }
  const half = sumUsages([{ ...cachedUsage, cost: 0 }, paid])
  const panel = sumUsages([{ ...paid, cost: 0.5 }, paid])
  for (const [usage, cost, count] of [
    [half, 2, 3],
    [panel, 2.5, 2],
  ] as const) {
    const seen: BatchProgress[] = []
    const task = using(Array.from({ length: 9 }, () => usage))
    const onProgress = (progress: BatchProgress) => seen.push(progress)
    const { error } = await collect(task, items(9), { prices, maxCost: 5, concurrency: 1, onProgress })
    expect(error?.code).toBe('BUDGET_SPENT')
    expect(seen.at(-1)).toMatchObject({ done: count, usage: { cost: count * cost } })
    expect(seen.at(-1)?.usage).not.toHaveProperty('unpriced')
  }
})

test('calls whose tokens nobody counted are neither free nor within a limit of tokens', async () => {
  const task = using([paid, { ...paid, promptTokens: 0 }, paid])
  const prices = { prompt: 1, completion: 1 }
  const byCost = await collect(task, items(3), { prices, maxCost: 100, concurrency: 1 })
  expect(byCost.error).toMatchObject({ code: 'INVALID_OPTION', parameter: 'maxCost' })
  expect(byCost.error?.message).toContain('how many tokens')
  const byTokens = await collect(task, items(3), { maxTokens: 1e9, concurrency: 1 })
  expect(byTokens.error).toMatchObject({ code: 'INVALID_OPTION', parameter: 'maxTokens' })
  expect(byTokens.outcomes).toHaveLength(2)
})

test('a journal that cannot be begun leaves no file open and no lock', async () => {
  const descriptors = async () => (await readdir('/proc/self/fd').catch(() => [])).length
  const before = await descriptors()
  const probe = await open(join(folder, 'probe'), 'w')
  const prototype = Object.getPrototypeOf(probe) as typeof probe
  await probe.close()
  const refuse = vi.spyOn(prototype, 'stat').mockRejectedValue(new Error('no stat'))
  const { error } = await collect(squares().task, items(3), { journal })
  refuse.mockRestore()
  expect(error?.code).toBe('WRITE_FAILED')
  expect(error?.message).toContain('no stat')
  expect(await descriptors()).toBe(before)
  await expect(stat(`${journal}.lock`)).rejects.toThrow('ENOENT')
  expect((await collect(squares().task, items(3), { journal })).error).toBeUndefined()
})

test('a disk that refuses ends the run', async () => {
  await writeFile(join(folder, 'file'), '')
  const { error } = await collect(squares().task, items(3), {
    journal: join(folder, 'file', 'journal.jsonl'),
  })
  expect(error?.code).toBe('WRITE_FAILED')
})

test('a stale lock is taken over', async () => {
  await collect(squares().task, items(1), { journal })
  const { hostname } = await import('node:os')
  // The largest number that no process can have.
  const holder = { pid: 2 ** 22 + 1, host: hostname(), token: 'x' }
  await writeFile(`${journal}.lock`, JSON.stringify(holder))
  expect((await collect(squares().task, items(1), { journal })).error).toBeUndefined()
  await writeFile(`${journal}.lock`, JSON.stringify({ ...holder, host: 'elsewhere' }))
  expect((await collect(squares().task, items(1), { journal })).error?.message).toContain('of elsewhere')
})

test('refuses options that make no sense, at once', () => {
  const { task } = squares()
  expect(() => runBatch(task, [], { concurency: 3 } as never)).toThrow('no option concurency')
  expect(() => runBatch(task, [], { concurrency: 0 })).toThrow('concurrency is 0')
  expect(() => runBatch(task, [], { concurrency: 4, window: 3 })).toThrow('window is 3')
  expect(() => runBatch(task, [], { onError: 'ignore' as never })).toThrow('onError is the string "ignore"')
  expect(() => runBatch(task, [], { maxCost: -1 })).toThrow('maxCost is -1')
  expect(() => runBatch(task, [], { journal: '' })).toThrow('journal is')
  expect(() => runBatch(task, [], { retryFailed: 'all' as never })).toThrow('retryFailed is the string "all"')
})

test('a line that was torn after a whole one is cut off on disk', async () => {
  await collect(squares().task, items(2), { journal })
  const { size } = await stat(journal)
  await appendFile(journal, '{"id":"item-2","item":"ab')
  await collect(squares().task, items(2), { journal })
  expect((await stat(journal)).size).toBe(size)
  await truncate(journal, size - 1)
  await collect(squares().task, items(2), { journal })
  expect((await stat(journal)).size).toBe(size)
})
