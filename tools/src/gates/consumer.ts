// Run in a package's folder, after `tarball`: installs the packed tarball alone into an empty project,
// type-checks it and its README's example against the published declarations, and runs the example.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Manifest, readManifest, readPackages, workspaceRoot } from '../workspace/packages.ts'
import { type LockedPackages, unexpectedPackages } from './consumer-closure.ts'
import { normalizeOutput, readmeExample } from './consumer-example.ts'

const tarballOf = (directory: string): string => join(directory, '.check', 'package.tgz')

/** Tarballs of the workspace packages that `manifest` needs, directly or through another, by name. */
function workspaceTarballs(manifest: Manifest): Record<string, string> {
  const packages = readPackages()
  const found: Record<string, string> = {}
  const visit = ({ dependencies, optionalDependencies }: Manifest): void => {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const owner = packages.find((candidate) => candidate.name === name)
      if (!owner || name in found) continue
      found[name] = `file:${tarballOf(owner.directory)}`
      visit(owner.manifest)
    }
  }
  visit(manifest)
  return found
}

const writeJson = (file: string, value: unknown): void => writeFileSync(file, JSON.stringify(value, null, 2))

function run(project: string, what: string, command: string, args: string[]): string {
  const result = spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (result.status === 0) return result.stdout
  throw new Error(
    `${what} failed:\n${result.error?.message ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}`,
  )
}

function install(project: string, directory: string, manifest: Manifest): number {
  writeJson(join(project, 'package.json'), {
    private: true,
    type: 'module',
    dependencies: { [manifest.name]: `file:${tarballOf(directory)}` },
    overrides: workspaceTarballs(manifest),
  })
  run(project, 'npm install', 'npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  ])
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: LockedPackages
  }
  const installed = Object.fromEntries(
    Object.entries(lock.packages).filter(([path]) => path !== '' && existsSync(join(project, path))),
  )
  const unexpected = unexpectedPackages(manifest.name, installed)
  if (unexpected.length > 0)
    throw new Error(`node_modules holds what nobody asked for: ${unexpected.join(', ')}`)
  return Object.keys(installed).length
}

function checkTypes(project: string, manifest: Manifest): void {
  const typesRoot = dirname(realpathSync(join(workspaceRoot, 'node_modules', '@types', 'node')))
  const subpaths = Object.entries(manifest.exports ?? {}).filter(([, entry]) => typeof entry !== 'string')
  const imports = subpaths.map(
    ([subpath], index) => `import * as x${index} from '${manifest.name}${subpath.slice(1)}'`,
  )
  writeFileSync(
    join(project, 'entries.ts'),
    `${imports.join('\n')}\nexport default [${imports.map((_, i) => `x${i}`)}]\n`,
  )
  writeJson(join(project, 'tsconfig.json'), {
    compilerOptions: {
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      target: 'ES2023',
      module: 'NodeNext',
      types: ['node'],
      typeRoots: [typesRoot],
    },
    files: ['entries.ts', 'example.ts'],
  })
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
  run(project, 'type-checking the consumer', process.execPath, [compiler, '-p', '.'])
}

function checkExample(project: string, expected: string): void {
  const printed = normalizeOutput(run(project, 'the example of README.md', process.execPath, ['example.ts']))
  const wanted = normalizeOutput(expected)
  if (printed !== wanted)
    throw new Error(`README.md says the example prints\n${wanted}\nbut it printed\n${printed}`)
}

const directory = process.cwd()
const manifest = readManifest(directory)
const project = realpathSync(mkdtempSync(join(tmpdir(), 'prefkit-consumer-')))
try {
  const example = readmeExample(readFileSync(join(directory, 'README.md'), 'utf8'))
  writeFileSync(join(project, 'example.ts'), example.code)
  const count = install(project, directory, manifest)
  checkTypes(project, manifest)
  checkExample(project, example.output)
  console.log(
    `${manifest.name}: installed alone (${count} packages), type-checked, example printed what README.md says`,
  )
} catch (error) {
  console.error(`${manifest.name}: ${(error as Error).message}`)
  process.exitCode = 1
} finally {
  rmSync(project, { recursive: true, force: true })
}
