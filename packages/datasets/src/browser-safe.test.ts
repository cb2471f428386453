import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Every module that a source file imports, followed through the package's own files. */
function importsOf(file: string, seen = new Set<string>(), outside = new Set<string>()): Set<string> {
  if (seen.has(file)) return outside
  seen.add(file)
  for (const [, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export|\}).* from '([^']+)'$/gm)) {
    if (from === undefined) continue
    if (from.startsWith('.')) importsOf(`${resolve(dirname(file), from)}.ts`, seen, outside)
    else outside.add(from)
  }
  return outside
}

const source = (name: string) => fileURLToPath(new URL(name, import.meta.url))

test.each(['parse-rows', 'json-rows', 'split-by-prompt', 'inspect-comparisons', 'deduplicate-comparisons'])(
  '%s and all it imports need no Node',
  (name) => {
    expect([...importsOf(source(`./${name}.ts`))].filter((module) => module !== 'zod')).toEqual([])
  },
)

test('the check sees what the file readers need', () => {
  expect([...importsOf(source('./files/read-comparisons.ts'))].sort()).toEqual(
    expect.arrayContaining(['hyparquet', 'node:fs', 'node:fs/promises', 'node:zlib', 'zod']),
  )
})
