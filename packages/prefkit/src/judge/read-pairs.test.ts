import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPairs } from './read-pairs'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-pairs-'))
})
afterAll(() => rm(folder, { recursive: true }))

const reading = { skipBad: false }
async function pairsOf(rows: readonly unknown[], seed = 0) {
  const path = join(folder, 'pairs.jsonl')
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return readPairs([path], reading, seed)
}

describe('comparisons', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    id: `${i}`,
    prompt: `question ${i}`,
    chosen: `good ${i}`,
    rejected: `bad ${i}`,
  }))

  it('have the better response on either side, by seed and id', async () => {
    const pairs = await pairsOf(rows)
    for (const { item, label } of pairs) expect(label && item[label]).toMatch(/^good/)
    const first = pairs.filter(({ label }) => label === 'a').length
    expect(first).toBeGreaterThan(70)
    expect(first).toBeLessThan(130)
    expect(await pairsOf(rows)).toEqual(pairs)
    expect(await pairsOf(rows, 1)).not.toEqual(pairs)
  })

  it('of one id get numbers', async () => {
    const pairs = await pairsOf([rows[0], rows[0], rows[0]])
    expect(pairs.map(({ id }) => id)).toEqual(['0', '0#2', '0#3'])
  })

  it('tell roles that no judge knows in the text', async () => {
    const prompt = [
      { role: 'user', content: 'How warm is it?' },
      { role: 'tool', content: '21 °C' },
    ]
    const chosen = [{ role: 'assistant', content: '21 °C.' }]
    const rejected = [{ role: 'assistant', content: 'Cold.' }]
    const [pair] = await pairsOf([{ prompt, chosen, rejected }])
    expect(pair?.item.prompt).toMatch(/User: How warm is it.*21 °C/s)
  })
})

describe('pairs that nobody compared', () => {
  it('are rows of two responses, or each two of several', async () => {
    const pairs = await pairsOf([
      { prompt: 'p', a: 'one', b: 'two', source: 's' },
      { id: 7, prompt: 'q', responses: ['x', 'y', 'z'] },
    ])
    expect(pairs.map(({ item: { a, b } }) => [a, b])).toEqual([
      ['one', 'two'],
      ['x', 'y'],
      ['x', 'z'],
      ['y', 'z'],
    ])
    expect(pairs.slice(1).map(({ id }) => id)).toEqual(['7#1-2', '7#1-3', '7#2-3'])
    expect(pairs.every(({ label }) => label === undefined)).toBe(true)
  })

  it('name the row of another layout', async () => {
    await expect(
      pairsOf([
        { prompt: 'p', a: 'x', b: 'y' },
        { prompt: 'p', a: 'x' },
      ]),
    ).rejects.toThrow(/pairs\.jsonl:2: expected text fields prompt, a and b.*; the row has prompt, a/)
  })
})

it('names a file that is missing, and one that is empty', async () => {
  await expect(readPairs(['nowhere.jsonl'], reading, 0)).rejects.toThrow(/nowhere\.jsonl/)
  await expect(pairsOf([])).rejects.toThrow(/pairs\.jsonl/)
})
