// The gate on where formulas come from, and the two pages of docs/ that are made of it; `--write` makes them anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, readPackages, workspaceRoot } from '../workspace/packages.ts'
import { conventionProblems, conventionsPage } from './conventions-page.ts'
import { type Evidence, missingEvidence, readEvidence, rowProblems } from './evidence.ts'
import { cell, table } from './markdown.ts'
import { provenanceOf } from './provenance.ts'
import { type PublicFunction, type PublicFunctions, publicFunctions } from './public-functions.ts'

/** The packages whose functions are formulas. */
const covered = ['losses', 'advantages']

/** A package whose functions have been read. */
export interface ReadPackage {
  name: string
  api: PublicFunctions
  evidence: Evidence
}

/** What is wrong with what the docstrings of a package say. */
export function docstringProblems({ api, evidence }: ReadPackage): string[] {
  const problems = api.functions.flatMap(({ name, aliases, doc }) => {
    const provenance = provenanceOf(doc)
    const names = [name, ...aliases]
    const found =
      typeof provenance === 'string'
        ? [provenance]
        : missingEvidence({ names, ...provenance, conventions: api.registry[name] }, evidence)
    return found.map((problem) => `${name}: ${problem}`)
  })
  const exported = new Set(api.functions.flatMap(({ name, aliases }) => [name, ...aliases]))
  return [...problems, ...rowProblems(exported, evidence), ...conventionProblems(api)]
}

const rowOf = ({ name, aliases, doc }: PublicFunction): string[] => {
  const names = [name, ...aliases].map((one) => `\`${one}\``).join(', ')
  const provenance = provenanceOf(doc)
  if (typeof provenance === 'string') return [names, '', '', '']
  return [names, cell(provenance.summary), cell(provenance.source), cell(provenance.proof)]
}

const titleOf = (folder: string): string =>
  `### ${folder.charAt(0).toUpperCase()}${folder.slice(1).replaceAll('-', ' ')}\n\n`

/** docs/paper-index.md: each function, its paper, and what it was proven against. */
export function paperIndex(packages: readonly Pick<ReadPackage, 'name' | 'api'>[]): string {
  const sections = packages.map(({ name, api: { functions } }) => {
    const folders = [...new Set(functions.map(({ folder }) => folder))]
    const tables = folders.map((folder) => {
      const rows = functions.filter((one) => one.folder === folder).map(rowOf)
      const title = folder === '' ? '' : titleOf(folder)
      return `${title}${table(['function', 'what it is', 'paper', 'proven against'], rows)}\n`
    })
    return [`## ${name}\n`, ...tables].join('\n')
  })
  const head =
    '# Paper index\n\n' +
    'Each function, where its formula is from, and what shows that it is right: the reference implementation whose values,\n' +
    'and gradients, are in the goldens, made by the scripts in `tools/parity/`; or the equation, derived in a test. Made from\n' +
    'the docstrings by `node tools/src/gates/paper-index.ts --write`; do not edit.\n'
  return [head, ...sections].join('\n')
}

function read(): (ReadPackage & { directory: string })[] {
  return covered.map((folder) => {
    const owner = readPackages().find((one) => one.folder === folder)
    if (!owner) throw new Error(`packages/${folder} does not exist`)
    const { name, directory } = owner
    const api = publicFunctions(join(directory, 'src', 'index.ts'), join(directory, 'tsconfig.json'))
    return { name, directory, api, evidence: readEvidence(directory, join(workspaceRoot, 'tools', 'parity')) }
  })
}

const pagesOf = (packages: readonly ReadPackage[]): Record<string, string> => ({
  'paper-index.md': paperIndex(packages),
  'conventions.md': conventionsPage(packages),
})

function findingsOf(packages: readonly ReadPackage[]): Finding[] {
  const stale = Object.entries(pagesOf(packages)).filter(([page, text]) => {
    const file = join(workspaceRoot, 'docs', page)
    return !existsSync(file) || readFileSync(file, 'utf8') !== text
  })
  return [
    ...packages.flatMap((one) => docstringProblems(one).map((message) => ({ package: one.name, message }))),
    ...stale.map(([page]) => ({
      package: '',
      message: `docs/${page} is not what the docstrings say: node tools/src/gates/paper-index.ts --write`,
    })),
  ]
}

/** The gate: every function says where it is from and what proves it, with the evidence there and the pages up to date. */
export const checkPaperIndex = (): Finding[] => findingsOf(read())

if (import.meta.main && process.argv.includes('--write')) {
  const packages = read()
  for (const [page, text] of Object.entries(pagesOf(packages))) {
    writeFileSync(join(workspaceRoot, 'docs', page), text)
  }
  const findings = findingsOf(packages)
  for (const finding of findings) console.log(`${finding.package}: ${finding.message}`)
  if (findings.length > 0) process.exitCode = 1
}
