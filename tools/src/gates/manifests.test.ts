import { expect, test } from 'vitest'
import type { Manifest } from '../workspace/packages.ts'
import { applyTemplate, catalogNames, manifestProblems } from './manifests.ts'

const entry = { types: './dist/index.d.ts', import: './dist/index.js', default: './dist/index.js' }
const bare: Manifest = {
  version: '0.0.0',
  name: '@prefkit/losses',
  description: 'Losses',
  files: ['dist'],
  exports: { '.': entry, './package.json': './package.json' },
  dependencies: { '@prefkit/tensor': 'workspace:^', zod: 'catalog:' },
}
const catalog = new Set(['zod'])
const problems = (changes: Record<string, unknown>) =>
  manifestProblems('losses', { ...applyTemplate(bare), ...changes } as Manifest, '0.0.0', catalog)

test('the template applied to a bare manifest leaves nothing to object to', () => {
  expect(problems({})).toEqual([])
  expect(Object.keys(applyTemplate(bare)).slice(0, 3)).toEqual(['name', 'version', 'description'])
})

test('applying the template twice changes nothing', () => {
  expect(applyTemplate(applyTemplate(bare))).toEqual(applyTemplate(bare))
})

test('tests in a browser are a script of the packages that have them', () => {
  const script = 'vitest run --config vitest.browser.config.ts --root .'
  const tested = applyTemplate({ ...bare, scripts: { 'test:browser': 'vitest' } })
  expect(tested.scripts?.['test:browser']).toBe(script)
  expect(applyTemplate(bare).scripts).not.toHaveProperty('test:browser')
  expect(problems({ scripts: tested.scripts })).toEqual([])
  expect(problems({ scripts: { ...tested.scripts, 'test:browser': 'vitest' } })).toEqual([
    expect.stringContaining(`"test:browser":"${script}"`),
  ])
})

test.each([
  ['another licence', { license: 'ISC' }, 'license must be "MIT"'],
  ['side effects', { sideEffects: true }, 'sideEffects must be false'],
  ['a version of its own', { version: '0.1.0' }, 'version must be 0.0.0'],
  ['a wrong name', { name: 'losses' }, 'name must be @prefkit/losses'],
  ['a field outside the template', { main: 'index.js' }, 'fields outside the template: main'],
  ['a version range of its own', { dependencies: { zod: '^4' } }, 'zod must be "catalog:"'],
  ['a dependency outside the catalog', { dependencies: { leftpad: '1' } }, 'leftpad is not in the catalog'],
  ['a pinned workspace package', { dependencies: { '@prefkit/tensor': '0.0.0' } }, 'must be "workspace:^"'],
  ['no package.json entry', { exports: { '.': entry } }, 'exports needs "./package.json"'],
  [
    'conditions out of order',
    {
      exports: {
        '.': { import: entry.import, types: entry.types, default: entry.default },
        './package.json': './package.json',
      },
    },
    'in this order',
  ],
])('objects to %s', (_, changes, part) => {
  expect(problems(changes)).toEqual([expect.stringContaining(part)])
})

test('reads the names of the catalog', () => {
  const text =
    'packages:\n  - tools\n\ncatalog:\n  "@types/node": ^24\n  zod: 4.6.7\n\nonlyBuiltDependencies:\n  - node\n'
  expect([...catalogNames(text)]).toEqual(['@types/node', 'zod'])
})
