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
  return (await readPairs([path], reading, seed)).pairs
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
    for (const { item, label } of pairs) expect(item[label as 'a' | 'b']).toMatch(/^good/)
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

describe('references', () => {
  it('are passed on with comparisons, whose dialects know nothing of them', async () => {
    const pairs = await pairsOf([
      { prompt: 'p', chosen: 'good', rejected: 'bad', reference: 'the best' },
      { id: 'x', prompt: 'q', chosen: 'good', rejected: 'bad', reference: 'another' },
      { prompt: 'r', chosen: 'good', rejected: 'bad' },
    ])
    expect(pairs.map(({ item }) => item.reference)).toEqual(['the best', 'another', undefined])
  })

  it('are refused where an id has two of them', async () => {
    const row = { id: 'x', prompt: 'q', chosen: 'good', rejected: 'bad' }
    const rows = ['one', 'two'].map((reference) => ({ ...row, reference }))
    await expect(pairsOf(rows)).rejects.toThrow(/pairs\.jsonl:2: the id "x" stands before with another/)
  })
})

describe('labelled pairs', () => {
  it('are a and b with a label, a tie among them, in the places that the data has', async () => {
    const labels = ['a', 'b', 'tie', undefined] as const
    const pairs = await pairsOf(labels.map((label) => ({ prompt: 'p', a: 'one', b: 'two', label })))
    expect(pairs.map(({ label }) => label)).toEqual(labels)
    expect(pairs.every(({ item: { a, b } }) => a === 'one' && b === 'two')).toBe(true)
  })

  it('have a label that is known', async () => {
    const rows = [{ prompt: 'p', a: 'one', b: 'two', label: 'c' }]
    await expect(pairsOf(rows)).rejects.toThrow(/pairs\.jsonl:1: label: expected a, b or tie .*, got "c"/)
  })

  it('may have what a judge said of them, as judgements.jsonl has it', async () => {
    const said = { verdict: 'b', winProbability: 0.2, readings: [], provenance: 'parsed' }
    const [pair] = await pairsOf([{ id: 'x', prompt: 'p', a: 'one', b: 'two', label: 'a', ...said }])
    expect(pair).toMatchObject({ id: 'x', label: 'a', item: { prompt: 'p', a: 'one', b: 'two' } })
    expect(Object.keys(pair!.item)).toEqual(['prompt', 'a', 'b'])
  })

  it('may be several responses with scores, as pointwise judging writes them', async () => {
    const pairs = await pairsOf([{ prompt: 'q', responses: ['x', 'y'], scores: [1, 2] }])
    expect(pairs).toMatchObject([{ item: { a: 'x', b: 'y' } }])
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

it('counts bad rows that are left out, with the first faults', async () => {
  const path = join(folder, 'bad.jsonl')
  const good = JSON.stringify({ prompt: 'p', a: 'x', b: 'y' })
  await writeFile(path, [good, '{"prompt":', '7', '{"prompt": "p", "a": "x"}', good, ''].join('\n'))
  const { pairs, rows } = await readPairs([path], { skipBad: true }, 0)
  expect(pairs.map(({ id }) => id)).toEqual(['bad.jsonl:1', 'bad.jsonl:5'])
  expect(rows).toMatchObject({ rows: 5, skipped: 3, ties: 0 })
  expect(rows.faults).toEqual([2, 3, 4].map((line) => expect.stringContaining(`bad.jsonl:${line}`)))
  await expect(readPairs([path], reading, 0)).rejects.toThrow(/bad\.jsonl:2/)
})

it('counts ties of the data', async () => {
  const path = join(folder, 'ties.jsonl')
  const winners = ['model_a', 'tie', 'model_b', 'tie']
  const rows = winners.map((winner) => ({ prompt: 'p', response_a: 'x', response_b: 'y', winner }))
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const { pairs, rows: counts } = await readPairs([path], reading, 0)
  expect(pairs).toHaveLength(2)
  expect(counts).toMatchObject({ rows: 4, ties: 2, skipped: 0, faults: [] })
})

it('reads a file that is one JSON array', async () => {
  const path = join(folder, 'array.json')
  await writeFile(path, JSON.stringify([{ prompt: 'p', a: 'x', b: 'y', label: 'b' }], null, 2))
  const { pairs } = await readPairs([path], reading, 0)
  expect(pairs).toMatchObject([{ id: 'array.json:1', label: 'b' }])
})

it('names a file that is missing, and one that is empty', async () => {
  await expect(readPairs(['nowhere.jsonl'], reading, 0)).rejects.toThrow(/nowhere\.jsonl/)
  await expect(pairsOf([])).rejects.toThrow(/pairs\.jsonl/)
})
