import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const workspaceRoot: string = fileURLToPath(new URL('../../..', import.meta.url))

/** One condition set of a public entry. */
export interface ExportConditions {
  types: string
  import: string
  default: string
}

/** The fields of package.json that the gates read. */
export interface Manifest {
  name: string
  version: string
  description?: string
  private?: boolean
  exports?: Record<string, string | ExportConditions>
  scripts?: Record<string, string>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
  optionalDependencies?: Record<string, string>
  'size-limit'?: { path: string; limit: string }[]
  [field: string]: unknown
}

/** A published package of the workspace. */
export interface WorkspacePackage {
  name: string
  /** Its folder's name under packages/. */
  folder: string
  /** Its folder's absolute path. */
  directory: string
  manifest: Manifest
}

/** Something a gate objects to, in one package; an empty `package` means the workspace itself. */
export interface Finding {
  package: string
  message: string
}

/** Reads a package.json. */
export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

/** Every package under packages/, sorted by folder. */
export function readPackages(root: string = workspaceRoot): WorkspacePackage[] {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((folder) => ({ folder, directory: join(root, 'packages', folder) }))
    .filter(({ directory }) => existsSync(join(directory, 'package.json')))
    .map(({ folder, directory }) => {
      const manifest = readManifest(directory)
      return { name: manifest.name, folder, directory, manifest }
    })
}

/** The source file of each public subpath: `./dist/native/index.js` is built from `src/native/index.ts`. */
export function entrySources(manifest: Manifest): Record<string, string> {
  const entries = Object.entries(manifest.exports ?? {}).filter(([, entry]) => typeof entry !== 'string')
  return Object.fromEntries(
    entries.map(([subpath, entry]) => [
      subpath,
      (entry as ExportConditions).import.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'),
    ]),
  )
}
