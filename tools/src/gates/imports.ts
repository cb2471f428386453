import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import ts from 'typescript'
import { allowedImports, type Layer, layers } from '../workspace/layers.ts'
import { type Finding, type Manifest, readPackages, type WorkspacePackage } from '../workspace/packages.ts'
import { sourceFiles } from '../workspace/source-files.ts'

/** One source file, as the rules see it. */
export interface SourceFile {
  /** Path below the package's folder, with forward slashes. */
  path: string
  text: string
}

const isTest = (path: string): boolean => /\.test\.ts$|(^|\/)(conformance|goldens|test-support)\//.test(path)

/** The module names a file imports, re-exports or loads on demand; a name computed at run time is not seen. */
export function importedModules(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
}

/** Splits `@prefkit/tensor/native` into folder `tensor` and subpath `./native`; undefined for other modules. */
export function splitWorkspaceName(name: string): { folder: string; subpath: string } | undefined {
  const match = /^(?:@prefkit\/([^/]+)|(prefkit))(?:\/(.+))?$/.exec(name)
  if (!match) return undefined
  return { folder: (match[1] ?? match[2]) as string, subpath: match[3] ? `./${match[3]}` : '.' }
}

/** What one import breaks, as seen from `owner`; undefined when it is fine. */
function brokenRule(
  name: string,
  file: SourceFile,
  owner: WorkspacePackage,
  all: WorkspacePackage[],
  layer: Layer,
) {
  if (name.startsWith('.')) {
    const target = relative(owner.directory, resolve(owner.directory, dirname(file.path), name))
    return target.startsWith('..') ? `imports ${name}, outside its own package` : undefined
  }
  if (isBuiltin(name)) {
    const below = file.path.replace(/^src\//, '')
    const excepted = (layer.nodeOnly ?? []).some((path) => below === path || below.startsWith(`${path}/`))
    return layer.browserSafe && !excepted && !isTest(file.path)
      ? `imports the Node built-in ${name}; ${owner.name} must run in a browser`
      : undefined
  }
  const target = splitWorkspaceName(name)
  if (!target) return undefined
  if (target.folder === owner.folder) return `imports its own package by name (${name}); use a relative path`
  if (!allowedImports(owner.folder).has(target.folder))
    return `may not import ${name}: the graph has no such edge`
  const manifest = all.find(({ folder }) => folder === target.folder)?.manifest
  if (!manifest?.exports || !(target.subpath in manifest.exports))
    return `imports ${name}, which is no public entry`
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = owner.manifest
  const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies }
  const usable = isTest(file.path) ? { ...declared, ...devDependencies } : declared
  return manifest.name in usable
    ? undefined
    : `imports ${name} but its package.json does not list ${manifest.name}`
}

/** Checks the imports of one package's files against the package graph. */
export function importFindings(
  owner: WorkspacePackage,
  files: SourceFile[],
  all: WorkspacePackage[],
): Finding[] {
  const layer = layers[owner.folder]
  if (!layer) {
    return [
      { package: owner.name, message: `packages/${owner.folder} is not in tools/src/workspace/layers.ts` },
    ]
  }
  return files.flatMap((file) =>
    importedModules(file.text)
      .map((name) => brokenRule(name, file, owner, all, layer))
      .filter((message) => message !== undefined)
      .map((message) => ({ package: owner.name, message: `${file.path} ${message}` })),
  )
}

/** Checks that a manifest lists only packages the graph allows. */
export function manifestImportFindings(owner: WorkspacePackage): Finding[] {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = owner.manifest as Manifest
  const listed = { ...dependencies, ...peerDependencies, ...optionalDependencies, ...devDependencies }
  const allowed = allowedImports(owner.folder)
  return Object.keys(listed)
    .map((name) => splitWorkspaceName(name)?.folder)
    .filter((folder) => folder !== undefined && !allowed.has(folder))
    .map((folder) => ({
      package: owner.name,
      message: `package.json may not list ${folder}: the graph has no such edge`,
    }))
}

/** The gate: every package's imports follow the graph, through public entries only. */
export function checkImports(): Finding[] {
  const all = readPackages()
  return all.flatMap((owner) => {
    const files = sourceFiles(join(owner.directory, 'src')).map((path) => ({
      path: relative(owner.directory, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }))
    return [...manifestImportFindings(owner), ...importFindings(owner, files, all)]
  })
}
