import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Finding, readPackages, workspaceRoot } from '../workspace/packages.ts'

/** One file of knip's JSON report: a list of names for each kind of issue. */
export type KnipIssue = { file: string } & Record<string, unknown>

/** Turns knip's report into findings, one for each unused file, export or dependency. */
export function knipFindings(issues: KnipIssue[], packages: { name: string; folder: string }[]): Finding[] {
  return issues.flatMap(({ file, ...kinds }) => {
    const owner = packages.find(({ folder }) => file.startsWith(`packages/${folder}/`))
    return Object.entries(kinds)
      .filter(
        (entry): entry is [string, { name: string }[]] => Array.isArray(entry[1]) && entry[0] !== 'owners',
      )
      .flatMap(([kind, items]) =>
        items.map(({ name }) => ({ package: owner?.name ?? '', message: `${file}: ${kind}: ${name}` })),
      )
  })
}

/** The gate: no unused files, exports or dependencies, nothing imported that is not listed. */
export function checkKnip(): Finding[] {
  const bin = join(workspaceRoot, 'node_modules', '.bin', 'knip')
  const args = ['--reporter', 'json', '--no-exit-code', '--no-progress', '--no-config-hints']
  const text = execFileSync(bin, args, {
    cwd: workspaceRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  const { issues } = JSON.parse(text) as { issues: KnipIssue[] }
  return knipFindings(issues, readPackages())
}
