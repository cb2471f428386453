import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Recording, readPinned } from './recording.ts'
import { llmbarPair, readLlmbar, readRmBench, rmBenchPairs, sample } from './rows.ts'
import { tablesOf } from './tables.ts'

const cases = readLlmbar()
const ids = [...cases.keys()]

/** What a judge of the given probabilities would have recorded on these rows. */
const recordingOf = (rows: readonly string[], first: number | null, second: number | null): Recording => ({
  llmbar: { rows, answers: { judge: rows.map(() => [first, second] as const) } },
})

/** The cells of the judge in each table. */
const cellsOf = (recording: Recording) =>
  tablesOf(recording)
    .split('\n\n')
    .map((table) => table.split('\n')[1]!.split(/ {2,}/))

test('LLMBar is all there, and the better response is a', () => {
  expect(cases.size).toBe(419)
  const second = [...cases.values()].find(({ row }) => row.label === 2)!
  expect(llmbarPair(second).item).toEqual({
    prompt: second.row.instruction,
    a: second.row.output2,
    b: second.row.output1,
  })
})

test('a sample is the start of every larger one', () => {
  const small = sample(ids, (id) => id, 10)
  expect(sample([...ids].reverse(), (id) => id, 100).slice(0, 10)).toEqual(small)
  expect(new Set(small).size).toBe(10)
})

test('RM-Bench is read as a list or as lines, with ids of its own or of its files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-rm-bench-'))
  const row = { prompt: 'p', chosen: ['c0', 'c1', 'c2'], rejected: ['r0', 'r1', 'r2'] }
  const [list, lines] = [join(folder, 'chat_filtered.json'), join(folder, 'rows.jsonl')]
  writeFileSync(list, JSON.stringify([{ ...row, id: '8', domain: 'chat' }], null, 2))
  writeFileSync(lines, `${JSON.stringify({ ...row, id: 'code/8', domain: 'code' })}\n`)
  const rows = readRmBench([list, lines])
  rmSync(folder, { recursive: true })
  expect([...rows.keys()]).toEqual(['chat/8', 'code/8'])
  const pairs = rmBenchPairs(rows.get('chat/8')!)
  expect(pairs.map(({ item }) => `${item.a} ${item.b}`).slice(0, 4)).toEqual([
    'c0 r0',
    'c0 r1',
    'c0 r2',
    'c1 r0',
  ])
  expect(pairs).toHaveLength(9)
})

test('a judge that always likes the first is at half, and never consistent', () => {
  const [scores, places] = cellsOf(recordingOf(ids, 0.9, 0.2))
  const certain = (percent: string) => `${percent} [${percent}, ${percent}]`
  // ½ (0.9 + 0.2) > ½: together the two orders know better.
  const together = expect.stringMatching(/^100\.0 \[/)
  expect(scores).toEqual(['judge', certain('50.0'), certain('0.0'), together, '0.0'])
  expect(places).toEqual(['judge', certain('100.0'), certain('0.0'), certain('100.0')])
})

test('a judge that is right in both orders is right, and one without answers is not', () => {
  const [right] = cellsOf(recordingOf(ids, 0.9, 0.6))
  expect(right!.slice(1, 3)).toEqual(['100.0 [100.0, 100.0]', '100.0 [100.0, 100.0]'])
  const [none, places] = cellsOf(recordingOf(ids, null, null))
  expect(none).toMatchObject({ 1: '0.0 [0.0, 0.0]', 3: expect.stringMatching(/^0\.0 \[/), 4: '100.0' })
  expect(places).toEqual(['judge', 'none', 'none', 'none'])
})

test('the levels of RM-Bench come from the styles', () => {
  const rows = ['chat', 'code'].flatMap((domain) => [1, 2].map((k) => ({ id: `${domain}/${k}`, domain })))
  // Right where the chosen style is not plainer than the rejected one: at [i][j] with i ≥ j.
  const cells = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => (i >= j ? 0.8 : 0.3)))
  const answers = { judge: rows.flatMap(() => cells.map((p) => [p, p] as const)) }
  const [, , bench] = cellsOf({ ...recordingOf(ids, 1, 1), rmBench: { rows, answers } })
  expect(bench!.slice(1, 5)).toEqual([
    '66.7 [66.7, 66.7]',
    '100.0 [100.0, 100.0]',
    '100.0 [100.0, 100.0]',
    '0.0 [0.0, 0.0]',
  ])
})

test('README.md shows the tables of the pinned run', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(readme).toContain(`\`\`\`text\n${tablesOf(readPinned())}\n\`\`\``)
})
