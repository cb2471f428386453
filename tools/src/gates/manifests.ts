import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import {
  type Finding,
  type Manifest,
  readPackages,
  type WorkspacePackage,
  workspaceRoot,
} from '../workspace/packages.ts'

/** Fields that are the same in every package. */
export const sharedFields = {
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=22' },
  scripts: {
    build: 'tsup --config ../../tsup.config.ts',
    types: 'tsc -p tsconfig.json',
    lint: 'biome check .',
    test: 'vitest run --config ../../vitest.config.ts --root .',
    docs: 'node ../../tools/src/gates/docs.ts',
    tarball: 'pnpm pack --out .check/package.tgz',
    publint: 'publint .check/package.tgz --strict',
    attw: 'attw .check/package.tgz --profile esm-only',
    size: 'node ../../tools/src/gates/size.ts',
    consumer: 'node ../../tools/src/gates/consumer.ts',
  },
  publishConfig: { access: 'public', provenance: true },
}

/** Scripts of packages that have the file which each is about. */
const scriptsOfFiles: Readonly<Record<string, { file: string; script: string }>> = {
  'test:browser': {
    file: 'vitest.browser.config.ts',
    script: 'vitest run --config vitest.browser.config.ts --root .',
  },
}

/** The scripts of a manifest that need a file, as the template has them. */
const extraScripts = ({ scripts = {} }: Manifest) =>
  Object.fromEntries(
    Object.entries(scriptsOfFiles)
      .filter(([name]) => name in scripts)
      .map(([name, { script }]) => [name, script]),
  )

/** The fields of the template, for this manifest. */
const templateOf = (manifest: Manifest) => ({
  ...sharedFields,
  scripts: { ...sharedFields.scripts, ...extraScripts(manifest) },
})

/** Every field a package.json may have, in this order. */
export const fieldOrder = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'type',
  'sideEffects',
  'engines',
  'bin',
  'files',
  'exports',
  'scripts',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'devDependencies',
  'publishConfig',
  'size-limit',
]

const required = fieldOrder.filter((field) => !/^(keywords|bin|.*[dD]ependencies.*)$/.test(field))

function exportProblems(exports: Manifest['exports'] = {}): string[] {
  const problems = Object.entries(exports).flatMap(([subpath, entry]) => {
    if (subpath === './package.json') return []
    const path = subpath === '.' ? './dist/index' : `./dist/${subpath.slice(2)}/index`
    const expected = { types: `${path}.d.ts`, import: `${path}.js`, default: `${path}.js` }
    const same =
      isDeepStrictEqual(entry, expected) && isDeepStrictEqual(Object.keys(entry), Object.keys(expected))
    return same ? [] : [`exports["${subpath}"] must be ${JSON.stringify(expected)}, in this order`]
  })
  if (!('.' in exports)) problems.push('exports needs "."')
  if (exports['./package.json'] !== './package.json') problems.push('exports needs "./package.json"')
  return problems
}

function dependencyProblems(manifest: Manifest, catalog: Set<string>): string[] {
  const { dependencies, optionalDependencies, devDependencies } = manifest
  return Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies }).flatMap(
    ([name, range]) => {
      const wanted = /^(@prefkit\/|prefkit$)/.test(name)
        ? 'workspace:^'
        : catalog.has(name)
          ? 'catalog:'
          : undefined
      if (wanted === undefined) return [`${name} is not in the catalog of pnpm-workspace.yaml`]
      return range === wanted ? [] : [`${name} must be "${wanted}", not "${range}"`]
    },
  )
}

/** What a manifest lacks against the template; `version` is the one the whole group has. */
export function manifestProblems(
  folder: string,
  manifest: Manifest,
  version: string,
  catalog: Set<string>,
): string[] {
  const problems: string[] = []
  const name = folder === 'prefkit' ? 'prefkit' : `@prefkit/${folder}`
  if (manifest.name !== name) problems.push(`name must be ${name}`)
  if (manifest.version !== version)
    problems.push(`version must be ${version}: the group is released together`)
  if (!manifest.description) problems.push('description is empty')
  for (const field of required) if (!(field in manifest)) problems.push(`${field} is missing`)
  for (const [field, value] of Object.entries(templateOf(manifest))) {
    if (!isDeepStrictEqual(manifest[field], value)) problems.push(`${field} must be ${JSON.stringify(value)}`)
  }
  const unknown = Object.keys(manifest).filter((field) => !fieldOrder.includes(field))
  if (unknown.length > 0) problems.push(`fields outside the template: ${unknown.join(', ')}`)
  const fields = Object.keys(manifest).filter((field) => fieldOrder.includes(field))
  const sorted = [...fields].sort((a, b) => fieldOrder.indexOf(a) - fieldOrder.indexOf(b))
  if (!isDeepStrictEqual(fields, sorted)) problems.push(`fields must be in the order ${sorted.join(', ')}`)
  if (!(manifest.files as string[] | undefined)?.includes('dist')) problems.push('files must include dist')
  return [...problems, ...exportProblems(manifest.exports), ...dependencyProblems(manifest, catalog)]
}

/** The manifest with the template's fields filled in and its fields sorted; the rest is kept. */
export function applyTemplate(manifest: Manifest): Manifest {
  const filled: Manifest = { ...manifest, ...templateOf(manifest) }
  filled['size-limit'] ??= [{ path: 'dist/index.js', limit: '20 kB' }]
  const place = (field: string) =>
    (fieldOrder.indexOf(field) + fieldOrder.length + 1) % (fieldOrder.length + 1)
  const entries = Object.entries(filled).sort(([a], [b]) => place(a) - place(b))
  return Object.fromEntries(entries) as Manifest
}

/** The names in the catalog of pnpm-workspace.yaml. */
export function catalogNames(workspaceFile: string): Set<string> {
  const block = /^catalog:\n((?: {2}.*\n|\n)*)/m.exec(workspaceFile)?.[1] ?? ''
  return new Set([...block.matchAll(/^ {2}"?([^":]+)"?:/gm)].map((match) => match[1] as string))
}

function missingFiles({ directory }: WorkspacePackage): string[] {
  return ['README.md', 'tsconfig.json', 'src/index.ts']
    .filter((file) => !existsSync(join(directory, file)))
    .map((file) => `${file} is missing`)
}

function unmatchedScripts({ directory, manifest }: WorkspacePackage): string[] {
  return Object.entries(scriptsOfFiles).flatMap(([name, { file }]) => {
    const hasFile = existsSync(join(directory, file))
    const hasScript = name in (manifest.scripts ?? {})
    if (hasFile === hasScript) return []
    return [hasFile ? `scripts["${name}"] is missing, and ${file} is there` : `${file} is missing`]
  })
}

const readCatalog = () => catalogNames(readFileSync(join(workspaceRoot, 'pnpm-workspace.yaml'), 'utf8'))

/** The gate: every package.json follows the template. */
export function checkManifests(): Finding[] {
  const catalog = readCatalog()
  const packages = readPackages()
  const version = packages.find(({ name }) => name === 'prefkit')?.manifest.version ?? '0.0.0'
  return packages.flatMap((owner) =>
    [
      ...manifestProblems(owner.folder, owner.manifest, version, catalog),
      ...missingFiles(owner),
      ...unmatchedScripts(owner),
    ].map((message) => ({ package: owner.name, message })),
  )
}

if (import.meta.main && process.argv.includes('--write')) {
  for (const { directory, manifest } of readPackages()) {
    writeFileSync(join(directory, 'package.json'), `${JSON.stringify(applyTemplate(manifest), null, 2)}\n`)
  }
}
