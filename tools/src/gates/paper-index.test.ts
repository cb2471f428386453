import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { conventionProblems, conventionsPage } from './conventions-page.ts'
import { docstringProblems, paperIndex } from './paper-index.ts'
import { publicFunctions } from './public-functions.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'prefkit-papers-'))
  mkdirSync(join(directory, 'late-work'))
  const options = { strict: true, module: 'ESNext', moduleResolution: 'bundler', lib: ['ES2023'], types: [] }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }))
})
afterEach(() => rmSync(directory, { recursive: true }))

const form = 'Source: 2305.18290, equation 7; Davidson 1970. Proven against its equation.'
const sources = {
  'index.ts': `export { hinge, hinge as margin } from './hinge'
export { whiten } from './late-work/whiten'
export { conventions } from './conventions'
export { Oops } from './oops'`,
  'conventions.ts': `/** All. */
export const conventions = { whiten: ['verl', 'trl'] } as const
export type Convention<N extends keyof typeof conventions> = (typeof conventions)[N][number]`,
  'hinge.ts': `/** max(0, a*b | c). It {@link margin}s.\n *\n * ${form}\n * @param x any */
export const hinge = (x: number): number => x`,
  'late-work/whiten.ts': `import type { Convention } from '../conventions'
/** \`verl\`: the sample's. \`trl\`: all. */
export type Whitening = Convention<'whiten'>
/** Options. */
export interface WhitenOptions {
  /** Whose. Default: \`verl\`. */
  convention?: Whitening
}
/** Whitens.\n *\n * ${form} */
export function whiten(x: number, options: WhitenOptions = {}): number { return options.convention ? x : 0 }`,
  'oops.ts': '/** A class. */\nexport class Oops extends Error {}',
}

function read(changes: Partial<Record<keyof typeof sources, string>> = {}) {
  for (const [file, text] of Object.entries({ ...sources, ...changes })) {
    writeFileSync(join(directory, file), text)
  }
  return publicFunctions(join(directory, 'index.ts'), join(directory, 'tsconfig.json'))
}

test('reads functions, their folders, other names and docstrings, and no classes', () => {
  const { functions, registry } = read()
  expect(functions.map(({ name, aliases, folder }) => [name, aliases, folder])).toEqual([
    ['hinge', ['margin'], ''],
    ['whiten', [], 'late-work'],
  ])
  expect(functions[0]!.doc).toBe(`max(0, a*b | c). It \`margin\`s.\n\n${form}`)
  expect(functions[1]!.convention).toEqual({
    names: ['verl', 'trl'],
    preset: 'verl',
    meaning: "`verl`: the sample's. `trl`: all.",
  })
  expect(registry).toEqual({ whiten: ['verl', 'trl'] })
})

test('the page of papers has a table for each folder, with arXiv linked and nothing read as Markdown', () => {
  const page = paperIndex([{ name: '@prefkit/a', api: read() }])
  const source = '[2305.18290](https://arxiv.org/abs/2305.18290), equation 7; Davidson 1970'
  expect(page).toContain(`| \`hinge\`, \`margin\` | max(0, a\\*b \\| c). | ${source} | its equation |`)
  expect(page).toContain(`### Late work\n\n| function |`)
  expect(page).toContain(`| \`whiten\` | Whitens. | ${source} | its equation |`)
})

test('the page of conventions has the default first', () => {
  const page = conventionsPage([{ name: '@prefkit/a', api: read() }])
  expect(page).toContain("| `whiten` | `verl` | `trl` | `verl`: the sample's. `trl`: all. |")
  expect(page).not.toContain('hinge')
})

test('the page of conventions says which defaults a package has, from the docstring of its registry', () => {
  const documented = sources['conventions.ts'].replace(
    /\/\*\* .*? \*\//,
    '/**\n * All.\n *\n * The default is verl’s,\n * because it is.\n */',
  )
  const api = read({ 'conventions.ts': documented })
  const page = conventionsPage([{ name: '@prefkit/a', api }])
  expect(page).toContain('## @prefkit/a\n\nThe default is verl’s,\nbecause it is.\n\n| function |')
  expect(page).not.toContain('All.')
})

test('problems name their function', () => {
  const api = read({ 'hinge.ts': '/** Hinge. */\nexport const hinge = (x: number): number => x' })
  const tests = [{ text: 'whiten(1)', goldens: [] }]
  expect(docstringProblems({ name: '', api, evidence: { goldens: [], tests, scripts: [] } })).toEqual([
    expect.stringMatching(/^hinge: its docstring must end with the paragraph/),
  ])
})

test('a function that a reference proves needs rows by that reference, and one for each convention', () => {
  const proven = 'Source: 1. Proven against verl 0.9.1 (`masked_whiten`).'
  const api = read({ 'late-work/whiten.ts': sources['late-work/whiten.ts'].replace(form, proven) })
  const problems = (functions: string[]) => {
    const goldens = [{ name: 'white', rows: [{ reference: 'verl 0.9.1', functions }] }]
    const tests = [{ text: 'whiten(hinge(1))', goldens: ['white'] }]
    const scripts = ['write("white", masked_whiten())']
    return docstringProblems({ name: '', api, evidence: { goldens, tests, scripts } })
  }
  expect(problems(['whiten (verl)', 'whiten (trl)'])).toEqual([])
  expect(problems(['whiten (verl)'])).toEqual([expect.stringMatching(/^whiten: no row .* "whiten \(trl\)"/)])
  expect(problems(['hinge'])).toHaveLength(3)
})

test('aliases count as names in tests', () => {
  const tests = [{ text: 'whiten(margin(1))', goldens: [] }]
  expect(docstringProblems({ name: '', api: read(), evidence: { goldens: [], tests, scripts: [] } })).toEqual(
    [],
  )
})

const registry = (entries: string) =>
  `/** All. */\nexport const conventions = ${entries} as const\nexport type Convention<N> = N extends 'whiten' ? 'verl' | 'trl' : never`

test.each([
  ['a stranger', "{ whiten: ['verl', 'trl'], wide: ['a'] }", /has wide, which is no exported function/],
  ['a function without the option', "{ whiten: ['verl', 'trl'], hinge: ['a'] }", /hinge, which takes no/],
  ['a function left out', '{}', /whiten takes a `convention` and is not in conventions.ts/],
  ['other names', "{ whiten: ['verl'] }", /of whiten is of `verl`, `trl`, in conventions.ts of `verl`$/],
  ['another default', "{ whiten: ['trl', 'verl'] }", /must say "Default: `trl`."/],
])('%s in the registry is refused', (_, entries, message) => {
  expect(conventionProblems(read({ 'conventions.ts': registry(entries) }))).toEqual([
    expect.stringMatching(message),
  ])
})

test('a convention that no docstring explains is refused', () => {
  const silent = sources['late-work/whiten.ts'].replace(' `trl`: all.', '')
  expect(conventionProblems(read({ 'late-work/whiten.ts': silent }))).toEqual([
    'the docstring of `convention` of whiten does not say what `trl` is',
  ])
})
