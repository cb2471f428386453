import { expect, test } from 'vitest'
import { allowedImports, layers } from './layers.ts'
import { readPackages } from './packages.ts'

test('every package of the workspace is in the graph', () => {
  for (const { folder } of readPackages()) expect(Object.keys(layers)).toContain(folder)
})

test('the graph has no cycle and names only its own packages', () => {
  for (const folder of Object.keys(layers)) {
    for (const name of allowedImports(folder)) expect(Object.keys(layers)).toContain(name)
  }
})

test('what a dependency may import is inherited', () => {
  expect([...allowedImports('reward-models')]).toContain('tensor')
  expect([...allowedImports('losses')]).toEqual(['tensor'])
})

test('a cycle is refused with its path', () => {
  const layer = (imports: string[]) => ({ imports, browserSafe: false })
  const graph = { a: layer(['b']), b: layer(['a']) }
  expect(() => allowedImports('a', graph)).toThrow('a -> b -> a')
})
