import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'prefkit-memory-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Lets Node load the sources: their imports leave out the extension. */
const hook = `
import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) => next(/^\\.\\.?\\//.test(name) && !/\\.\\w+$/.test(name) ? name + '.ts' : name, context),
})`

const script = (file: string) => `
const { readComparisons } = await import(${JSON.stringify(new URL('./read-comparisons.ts', import.meta.url).href)})
const reader = readComparisons(${JSON.stringify(file)})
let characters = 0
for await (const { chosen } of reader) characters += chosen.length
console.log(JSON.stringify({ characters, comparisons: reader.report.comparisons }))`

const ROWS_A_BLOCK = 500
const BLOCKS = 64
const CHOSEN = 6000

test('a 200 MB file streams through a heap of 32 MB', () => {
  const file = join(directory, 'large.jsonl')
  const row = JSON.stringify({ prompt: 'Why?', chosen: 'x'.repeat(CHOSEN), rejected: 'y'.repeat(300) })
  const block = `${row}\n`.repeat(ROWS_A_BLOCK)
  const handle = openSync(file, 'w')
  for (let i = 0; i < BLOCKS; i++) writeSync(handle, block)
  closeSync(handle)
  expect(statSync(file).size).toBeGreaterThan(200e6)

  const hooks = `data:text/javascript,${encodeURIComponent(hook)}`
  const flags = ['--max-old-space-size=32', '--import', hooks, '--input-type=module', '--eval', script(file)]
  const printed = execFileSync(process.execPath, flags, { encoding: 'utf8' })
  const comparisons = ROWS_A_BLOCK * BLOCKS
  expect(JSON.parse(printed)).toEqual({ characters: comparisons * CHOSEN, comparisons })
})
