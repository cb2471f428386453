import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, readPackages, workspaceRoot } from '../workspace/packages.ts'

/** A changeset file: which packages it bumps. */
export interface Changeset {
  file: string
  packages: string[]
}

/** What the rule looks at. */
export interface ChangesetState {
  /** Every published package, by name, with its folder under packages/ and its version. */
  packages: { name: string; folder: string; version: string }[]
  /** Every changeset in the working tree. */
  changesets: Changeset[]
  /** Paths changed since the base; undefined when HEAD is the base, so that nothing can be compared. */
  changedFiles: string[] | undefined
  /** True when this version of the package has a release tag. */
  isReleased: (name: string, version: string) => boolean
}

/** The packages in the front matter of a changeset: `"@prefkit/nn": minor`. */
export function changesetPackages(text: string): string[] {
  const header = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? ''
  return [...header.matchAll(/^["']?([^"':]+)["']?:\s*(?:major|minor|patch)\s*$/gm)].map(
    (match) => match[1] as string,
  )
}

/** True for a file whose change a user of the package can notice. */
export function isSourceChange(path: string, folder: string): boolean {
  return path.startsWith(`packages/${folder}/src/`) && !/\.test\.ts$|\/goldens\//.test(path)
}

/**
 * With a base: a package whose sources changed needs a changeset that was added or edited since.
 * Without one: a package whose version is not released needs some changeset.
 */
export function changesetFindings({
  packages,
  changesets,
  changedFiles,
  isReleased,
}: ChangesetState): Finding[] {
  const names = new Set(packages.map(({ name }) => name))
  const unknown = changesets.flatMap(({ file, packages: named }) =>
    named
      .filter((name) => !names.has(name))
      .map((name) => ({ package: '', message: `${file} names ${name}, which is no package` })),
  )
  const counted = changesets.filter(({ file }) => changedFiles === undefined || changedFiles.includes(file))
  const covered = new Set(counted.flatMap(({ packages: named }) => named))
  const needing = packages.filter(({ name, folder, version }) =>
    changedFiles === undefined
      ? !isReleased(name, version)
      : changedFiles.some((path) => isSourceChange(path, folder)),
  )
  const reason = changedFiles === undefined ? 'its version is not released' : 'its sources changed'
  const missing = needing
    .filter(({ name }) => !covered.has(name))
    .map(({ name }) => ({ package: name, message: `${reason} and no changeset names it: run \`changeset\`` }))
  return [...unknown, ...missing]
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: workspaceRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

const lines = (text: string | undefined): string[] => (text ? text.split('\n') : [])

/** Paths that differ from where this branch left `base`, uncommitted ones included. */
function changedSince(base: string): string[] | undefined {
  const forkPoint = git('merge-base', base, 'HEAD')
  if (!forkPoint || forkPoint === git('rev-parse', 'HEAD')) return undefined
  const untracked = lines(git('ls-files', '--others', '--exclude-standard'))
  return [...lines(git('diff', '--name-only', forkPoint)), ...untracked]
}

function readChangesets(): Changeset[] {
  const directory = join(workspaceRoot, '.changeset')
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => ({
      file: `.changeset/${name}`,
      packages: changesetPackages(readFileSync(join(directory, name), 'utf8')),
    }))
}

/** The gate: a source change needs a changeset. `base` is a git revision, origin/main unless told. */
export function checkChangesets(base: string = process.env.PREFKIT_BASE ?? 'origin/main'): Finding[] {
  const tags = new Set(lines(git('tag', '--list')))
  return changesetFindings({
    packages: readPackages().map(({ name, folder, manifest }) => ({
      name,
      folder,
      version: manifest.version,
    })),
    changesets: readChangesets(),
    changedFiles: changedSince(base),
    isReleased: (name, version) => tags.has(`${name}@${version}`),
  })
}
