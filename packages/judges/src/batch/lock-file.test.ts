import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sha256 } from '../canonical-json'
import { openJournal } from './journal'
import { takeLock } from './lock-file'
import { startOf } from './process-start'

let folder = ''
let path = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-lock-'))
  path = join(folder, 'journal.jsonl')
  file = `${path}.lock`
})
afterEach(() => rm(folder, { recursive: true }))

const host = hostname()
// The largest number that no process can have.
const dead = { pid: 2 ** 22 + 1, host, started: 'boot/1', token: 'x' }
const refusal = { code: 'LOCKED' }

const hooks = new URL('../../../../tools/on-sources.mjs', import.meta.url)

/** The next word of a thread that holds the journal. */
const word = (worker: Worker) =>
  new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject))

const holdInThread = () =>
  new Worker(new URL('./testing/hold-journal.ts', import.meta.url), {
    workerData: path,
    execArgv: ['--import', hooks.href],
  })

test('a thread and its process do not have one journal at once', async () => {
  const owner = { task: 'hold', name: 'holder', identity: {}, settings: {} }
  const worker = holdInThread()
  expect(await word(worker)).toBe('held')
  await expect(openJournal(path, owner, () => {})).rejects.toMatchObject(refusal)
  const released = word(worker)
  worker.postMessage('end')
  expect(await released).toBe('released')
  await worker.terminate()
  const journal = await openJournal(path, owner, () => {})
  const refused = holdInThread()
  expect(await word(refused)).toBe('LOCKED')
  await refused.terminate()
  await journal.close()
})

test('two copies of the package do not have one lock at once', async () => {
  const release = await takeLock(path)
  vi.resetModules()
  const other = await import('./lock-file')
  expect(other.takeLock).not.toBe(takeLock)
  await expect(other.takeLock(path)).rejects.toThrow('which is this one')
  await release()
  await (await other.takeLock(path))()
  expect(await readdir(folder)).toEqual([])
})

const left: [string, string][] = [
  ['a process that has ended', JSON.stringify(dead)],
  ['text that a crash cut short', '{"pid":'],
]
if (process.platform === 'linux')
  left.push(['an earlier process with the number of this one', JSON.stringify({ ...dead, pid: process.pid })])

test.each(left)('a lock of %s is taken over, and nothing is left of it', async (_, text) => {
  await writeFile(file, text)
  const release = await takeLock(path)
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid, host })
  expect(await readdir(folder)).toEqual(['journal.jsonl.lock'])
  await release()
  expect(await readdir(folder)).toEqual([])
})

test('a kill while a lock was taken over leaves nothing that a person must delete', async () => {
  const text = JSON.stringify(dead)
  await writeFile(file, text)
  // Who was to replace it was killed too, and so was the one after that; the directory is what an earlier version left.
  const claim = `${file}.${sha256(text).slice(0, 8)}`
  const second = JSON.stringify({ ...dead, token: 'y' })
  await writeFile(claim, second)
  await writeFile(`${claim}.${sha256(second).slice(0, 8)}`, JSON.stringify({ ...dead, token: 'z' }))
  await mkdir(`${file}.turn`)
  const release = await takeLock(path)
  expect((await readdir(folder)).sort()).toEqual(['journal.jsonl.lock', 'journal.jsonl.lock.turn'])
  await release()
})

test('of many who find the same dead lock one takes it over', async () => {
  for (let round = 0; round < 30; round++) {
    await writeFile(file, JSON.stringify({ ...dead, token: `${round}` }))
    const taken = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(path)))
    const winners = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(winners).toHaveLength(1)
    for (const each of taken) if (each.status === 'rejected') expect(each.reason).toMatchObject(refusal)
    await winners[0]!()
    expect(await readdir(folder)).toEqual([])
  }
})

test('a lock of another host, or of a process that lives, is held', async () => {
  const started = await startOf(process.ppid)
  for (const holder of [
    { ...dead, host: 'elsewhere' },
    { ...dead, pid: process.ppid, started: started ?? '' },
    { pid: process.ppid, host, token: 'x' },
  ]) {
    await writeFile(file, JSON.stringify(holder))
    await expect(takeLock(path)).rejects.toMatchObject(refusal)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(holder)
  }
})
