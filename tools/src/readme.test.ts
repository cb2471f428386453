import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { normalizeOutput, readmeExample } from './gates/consumer-example.ts'
import { layers } from './workspace/layers.ts'
import { readPackages, workspaceRoot } from './workspace/packages.ts'

const readme = readFileSync(join(workspaceRoot, 'README.md'), 'utf8')

test('the example of the root README prints what it says', async () => {
  const { code, output } = readmeExample(readme)
  const folder = join(workspaceRoot, 'tools', '.check')
  const file = join(folder, 'readme-example.ts')
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, code)
  const printed: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(values.join(' ')))
  try {
    await import(file)
  } finally {
    log.mockRestore()
    rmSync(file)
  }
  expect(normalizeOutput(printed.join('\n'))).toBe(normalizeOutput(output))
})

test('the root README lists every package, and no other', () => {
  const listed = [...readme.matchAll(/^\| \[`([^`]+)`\]\(packages\/([^)]+)\)/gm)].map((match) =>
    match.slice(1, 3),
  )
  expect(listed.sort()).toEqual(
    readPackages()
      .map(({ name, folder }) => [name, folder])
      .sort(),
  )
})

test('the diagram of ARCHITECTURE.md shows the edges of the graph', () => {
  const diagram = readFileSync(join(workspaceRoot, 'ARCHITECTURE.md'), 'utf8')
  const shown = [...diagram.matchAll(/^ {2}(\S+) --> (\S+)$/gm)].map((match) => `${match[1]} -> ${match[2]}`)
  const present = new Set(readPackages().map(({ folder }) => folder))
  const edges = [...present].flatMap((folder) =>
    (layers[folder]?.imports ?? []).filter((name) => present.has(name)).map((name) => `${folder} -> ${name}`),
  )
  expect(shown.sort()).toEqual(edges.sort())
})
