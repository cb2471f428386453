import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { docsCoverage } from './docs-coverage.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'prefkit-docs-'))
  const options = { strict: true, module: 'ESNext', moduleResolution: 'bundler', lib: ['ES2023'], types: [] }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }))
})
afterEach(() => rmSync(directory, { recursive: true }))

function coverage(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return docsCoverage(join(directory, 'index.ts'), join(directory, 'tsconfig.json'))
}

test('follows re-exports to the docstring of the declaration', () => {
  const { total, missing } = coverage({
    'index.ts': `export { documented, bare } from './a'\nexport type { Shape } from './a'`,
    'a.ts': `/** Adds. */\nexport const documented = 1\nexport const bare = 2\n/** A shape. */\nexport type Shape = number[]`,
  })
  expect(total).toBe(3)
  expect(missing).toEqual([expect.stringMatching(/^bare \(.*a\.ts:3\)$/)])
})

test('an empty docstring, or one with tags only, does not count', () => {
  const { missing } = coverage({
    'index.ts': `/** */\nexport const empty = 1\n/** @returns one */\nexport function tagged() { return 1 }`,
  })
  expect(missing).toHaveLength(2)
})

test('the fields of an options type count, those of other types do not', () => {
  const { total, missing } = coverage({
    'index.ts': `/** Options. */\nexport interface FitOptions {\n  /** Steps. */\n  steps?: number\n  seed?: number\n}\n/** A row. */\nexport interface Row { a: number }`,
  })
  expect(total).toBe(4)
  expect(missing).toEqual([expect.stringMatching(/^FitOptions\.seed/)])
})

test('a namespace re-export counts as documented', () => {
  expect(coverage({ 'index.ts': `export * as a from './a'`, 'a.ts': 'export const bare = 1' })).toEqual({
    total: 1,
    missing: [],
  })
})
