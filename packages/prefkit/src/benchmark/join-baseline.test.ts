import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readRows } from '../tables/read-rows'
import { joinBaseline } from './join-baseline'

const folder = mkdtempSync(join(tmpdir(), 'prefkit-baseline-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, rows: readonly object[]): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}

const baseline = file('baseline.jsonl', [
  { instruction: 'two', output: 'b2' },
  { instruction: 'one', output: 'b1' },
])

it('sets the outputs to the same instruction side by side, the baseline first', async () => {
  const model = await readRows([file('model.jsonl', [{ instruction: 'one', output: 'm1', generator: 'm' }])])
  const joined = (await joinBaseline(baseline))(model)
  expect(joined.map(({ value }) => value)).toEqual([{ instruction: 'one', output_1: 'b1', output_2: 'm1' }])
  expect(joined[0]?.place).toEqual(model[0]?.place)
})

it('says where an instruction stands that the baseline has no output for', async () => {
  const model = await readRows([
    file('more.jsonl', [
      { instruction: 'one', output: 'm1' },
      { instruction: 'three', output: 'm3' },
    ]),
  ])
  const join = await joinBaseline(baseline)
  expect(() => join(model)).toThrow(
    /baseline\.jsonl has no output for the instruction "three" of .*more\.jsonl:2/,
  )
})

it('refuses rows that are no outputs, of either side', async () => {
  const bad = file('bad.jsonl', [{ instruction: 'one', output: 'x' }, { instruction: 'one' }])
  await expect(joinBaseline(bad)).rejects.toThrow(/bad\.jsonl:2: expected text fields instruction and output/)
  const join = await joinBaseline(baseline)
  const rows = await readRows([bad])
  expect(() => join(rows)).toThrow(/bad\.jsonl:2: expected text fields instruction and output/)
})
