import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PairJudgement } from '../judge'
import { functionJudge } from '../judging/function-judge'
import { judgeAll } from './judge-all'
import { readJournal } from './read-journal'
import { runBatch } from './run-batch'
import { pairsToJudge } from './testing/pairs-to-judge'

let folder = ''
let journal = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-read-'))
  journal = join(folder, 'journal.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

async function all<T>(outcomes: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const each of outcomes) list.push(each)
  return list
}

const pairs = pairsToJudge(5)
const shorter = functionJudge(({ a, b }) => (a.length < b.length ? 'a' : 'b'), { name: 'shorter' })

test('a finished run is read again without its judge, in the order of the items', async () => {
  const judged = await all(judgeAll(shorter, pairs, { journal }))
  const saved = await readJournal<PairJudgement>(journal)
  expect(saved).toMatchObject({ task: 'compare', name: 'shorter', identity: shorter.identity, size: 5 })
  const read = await all(saved.outcomes(pairs.toReversed()))
  expect(read.map(({ id, result }) => ({ id, judgement: result }))).toEqual(judged.toReversed())
})

test('each item comes once, as it was settled last, and those that are missing do not', async () => {
  const task = (isDown: boolean) => ({
    task: 'length',
    name: 'length',
    identity: {},
    run: async ({ id, a }: (typeof pairs)[number]) => {
      if (isDown && id === 'pair-1') throw new Error('down')
      return a.length
    },
  })
  const options = { journal, onError: 'collect', retryFailed: true } as const
  await all(runBatch(task(true), pairs.slice(0, 3), options))
  const before = await all((await readJournal<number>(journal)).outcomes())
  expect(before[1]).toEqual({ id: 'pair-1', error: { code: 'Error', message: 'down' } })
  await all(runBatch(task(false), pairs.slice(0, 3), options))
  const saved = await readJournal<number>(journal)
  const expected = pairs.slice(0, 3).map(({ id, a }) => ({ id, result: a.length }))
  expect(await all(saved.outcomes())).toEqual(expected)
  expect(await all(saved.outcomes(pairs))).toEqual(expected)
  expect(saved.size).toBe(3)
})

test('a run at work is read too, and nothing of its journal changes', async () => {
  await all(judgeAll(shorter, pairs, { journal }))
  await appendFile(journal, '{"id":"pair-9","item":"ab')
  await writeFile(`${journal}.lock`, 'of someone')
  const text = await readFile(journal, 'utf8')
  expect(await all((await readJournal(journal)).outcomes())).toHaveLength(5)
  expect(await readFile(journal, 'utf8')).toBe(text)
  expect(await readFile(`${journal}.lock`, 'utf8')).toBe('of someone')
})

test('items that changed, lines that changed and files that are no journal are refused', async () => {
  await all(judgeAll(shorter, pairs, { journal }))
  const saved = await readJournal(journal)
  const changed = pairs.map((pair) => ({ ...pair, a: 'another' }))
  await expect(all(saved.outcomes(changed))).rejects.toMatchObject({ code: 'ITEM_CHANGED' })
  const text = await readFile(journal, 'utf8')
  await writeFile(journal, text.replace('pair-2', 'pair-7'))
  await expect(readJournal(journal)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' })
  for (const other of ['', '{"notes": 1}', '{"notes": 1}\n', text.slice(0, 20)]) {
    await writeFile(journal, other)
    await expect(readJournal(journal)).rejects.toMatchObject({ code: 'JOURNAL_MISMATCH' })
  }
  await expect(readJournal(join(folder, 'none.jsonl'))).rejects.toThrow('it is not there')
  await expect(readJournal(join(journal, 'none.jsonl'))).rejects.toThrow('it cannot be read')
})
