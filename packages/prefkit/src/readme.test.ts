import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import * as api from './index'
import { storiesPath } from './lm/testing/stories'
import * as run from './loop/run/index'
import * as report from './report/index'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const named = new Set(readme.match(/`[A-Za-z]\w*`/g)?.map((quoted) => quoted.slice(1, -1)))

it('the README names every export', () => {
  expect(Object.keys({ ...api, ...report, ...run }).filter((name) => !named.has(name))).toEqual([])
})

const folder = mkdtempSync(join(tmpdir(), 'prefkit-readme-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hooks = join(import.meta.dirname, '../../../tools/on-sources.mjs')
const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm)].map(
  ([, code, output]) => ({ code: code!, output: output! }),
)

/** What was drawn differs with the last digits of the machine. */
const withoutDecimals = (text: string): string => text.replaceAll(/-?\d+\.\d+/g, '…')

it.each(examples.slice(1))(
  'an example of the loop prints what the README says: $output',
  ({ code, output }) => {
    const [tokenizer, prompts] = ['tok512.bin', 'prompts.jsonl'] as const
    copyFileSync(storiesPath, join(folder, 'stories260K.bin'))
    copyFileSync(join(dirname(storiesPath), tokenizer), join(folder, tokenizer))
    copyFileSync(join(import.meta.dirname, '../data/stories260k', prompts), join(folder, prompts))
    writeFileSync(join(folder, 'example.ts'), code)
    const args = ['--import', hooks, 'example.ts']
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(withoutDecimals(stdout)).toBe(withoutDecimals(output))
  },
)

it('has examples of both entries of the loop', () => {
  expect(examples.slice(1).map(({ code }) => /'prefkit\/loop(\/run)?'/.test(code))).toEqual([true, true])
})
