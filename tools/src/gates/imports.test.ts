import { expect, test } from 'vitest'
import type { WorkspacePackage } from '../workspace/packages.ts'
import { importedModules, importFindings, manifestImportFindings, splitWorkspaceName } from './imports.ts'

const entry = (path: string) => ({ types: `${path}.d.ts`, import: `${path}.js`, default: `${path}.js` })

function fake(folder: string, dependencies: Record<string, string> = {}): WorkspacePackage {
  const name = `@prefkit/${folder}`
  const exports = { '.': entry('./dist/index'), './native': entry('./dist/native/index') }
  return {
    name,
    folder,
    directory: `/repo/packages/${folder}`,
    manifest: { name, version: '0.0.0', exports, dependencies },
  }
}

const tensor = fake('tensor')
const losses = fake('losses', { '@prefkit/tensor': 'workspace:^' })
const all = [tensor, losses, fake('nn'), fake('datasets')]
const messages = (owner: WorkspacePackage, path: string, text: string) =>
  importFindings(owner, [{ path, text }], all).map(({ message }) => message)

test('finds static, type-only, re-exported and dynamic imports', () => {
  const text = `import a from 'a'\nimport type { B } from 'b'\nexport { c } from 'c'\nconst d = await import('d')`
  expect(importedModules(text)).toEqual(['a', 'b', 'c', 'd'])
})

test('splits names into package and subpath', () => {
  expect(splitWorkspaceName('@prefkit/tensor/native')).toEqual({ folder: 'tensor', subpath: './native' })
  expect(splitWorkspaceName('prefkit')).toEqual({ folder: 'prefkit', subpath: '.' })
  expect(splitWorkspaceName('prefkitten')).toBeUndefined()
})

test('accepts a public entry of an allowed, listed package', () => {
  expect(messages(losses, 'src/a.ts', `import { x } from '@prefkit/tensor'`)).toEqual([])
  expect(messages(losses, 'src/a.ts', `import { x } from '@prefkit/tensor/native'`)).toEqual([])
})

test.each([
  ['an edge the graph lacks', `import '@prefkit/nn'`, 'no such edge'],
  ['a deep import', `import '@prefkit/tensor/core/shape'`, 'no public entry'],
  ['a path out of the package', `import '../../tensor/src/index'`, 'outside its own package'],
  ['its own name', `import '@prefkit/losses'`, 'relative path'],
  ['a Node built-in', `import 'node:fs'`, 'must run in a browser'],
  ['a Node built-in without its prefix', `import 'fs'`, 'must run in a browser'],
])('refuses %s', (_, text, part) => {
  expect(messages(losses, 'src/a.ts', text)).toEqual([expect.stringContaining(part)])
})

test('lets tests and the Node-only folders use Node', () => {
  expect(messages(losses, 'src/a.test.ts', `import 'node:fs'`)).toEqual([])
  expect(messages(tensor, 'src/native/a.ts', `import 'node:fs'`)).toEqual([])
  expect(messages(tensor, 'src/native-like.ts', `import 'node:fs'`)).toHaveLength(1)
})

test('refuses an import that the manifest does not list', () => {
  expect(messages(fake('losses'), 'src/a.ts', `import '@prefkit/tensor'`)).toEqual([
    expect.stringContaining('does not list @prefkit/tensor'),
  ])
})

test('refuses a listed package that the graph does not allow, and an unknown package', () => {
  expect(manifestImportFindings(fake('tensor', { '@prefkit/nn': 'workspace:^' }))).toHaveLength(1)
  expect(manifestImportFindings(losses)).toEqual([])
  expect(importFindings(fake('utils'), [], all)[0]?.message).toContain('not in tools/src/workspace/layers.ts')
})
