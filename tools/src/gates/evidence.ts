import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Reference } from './provenance.ts'

/** What a row of a golden file says that its numbers are: those of a reference, and evidence for functions of ours. */
export interface GoldenRow {
  /** The library with its version, such as `TRL 1.16.0`. */
  reference: string
  /** The functions, those with a convention with the one in force: `dpoLoss (trl)`. */
  functions: string[]
}

/** A golden file: numbers that reference implementations gave. */
export interface Golden {
  name: string
  rows: GoldenRow[]
}

/** A file of tests. */
export interface TestFile {
  text: string
  /** Names of the golden files that it reads. */
  goldens: string[]
}

/** What there is to show that a package agrees with reference implementations. */
export interface Evidence {
  goldens: Golden[]
  tests: TestFile[]
  /** The scripts that make goldens of this package, as text. */
  scripts: string[]
}

const filesIn = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith(ending))
        .sort()
        .map((file) => join(folder, file))
    : []

const goldensRead = (text: string): string[] =>
  [...text.matchAll(/goldens\/([\w-]+)\.json|readGoldens(?:<[\s\S]*?>)?\('([\w-]+)'\)/g)].map(
    (match) => (match[1] ?? match[2]) as string,
  )

/** The rows of a golden file, at whatever depth they are. */
function rowsIn(value: unknown): GoldenRow[] {
  if (typeof value !== 'object' || value === null) return []
  const { reference, functions = [] } = value as Partial<GoldenRow>
  if (typeof reference === 'string') return [{ reference, functions }]
  return Object.values(value).flatMap(rowsIn)
}

const goldenOf = (file: string): Golden => ({
  name: basename(file, '.json'),
  rows: rowsIn(JSON.parse(readFileSync(file, 'utf8'))),
})

/** Reads the goldens and tests of a package, and those scripts in `parity` that write goldens of it. */
export function readEvidence(directory: string, parity: string): Evidence {
  const target = `packages/${basename(directory)}/src/goldens`
  const texts = filesIn(parity, '.py').map((file) => readFileSync(file, 'utf8'))
  return {
    goldens: filesIn(join(directory, 'src', 'goldens'), '.json').map(goldenOf),
    tests: filesIn(join(directory, 'src'), '.test.ts').map((file) => {
      const text = readFileSync(file, 'utf8')
      return { text, goldens: goldensRead(text) }
    }),
    scripts: texts.filter((text) => text.includes(target)),
  }
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether a text has the name, not as a part of a longer one. */
const mentions = (text: string, name: string): boolean =>
  new RegExp(`(?<!\\w)${escape(name)}(?!\\w)`).test(text)

/** The name of a function in a row and its convention there. */
const spelt = (stated: string): { name: string; convention?: string } => {
  const [, name = stated, convention] = /^(\w+) \(([\w-]+)\)$/.exec(stated) ?? []
  return { name, ...(convention !== undefined && { convention }) }
}

/** A function, as far as evidence for it goes. */
export interface Claimant {
  /** Its name, and others that it is exported under. */
  names: readonly string[]
  /** What its docstring says that it was proven against; see provenance.ts. */
  references: readonly Reference[]
  /** The conventions that it knows. */
  conventions?: readonly string[] | undefined
  /** Those of them that its docstring says were proven against their equation. */
  byEquation?: readonly string[] | undefined
}

const isOf = (names: readonly string[], convention?: string) => (stated: string) => {
  const one = spelt(stated)
  return names.includes(one.name) && (convention === undefined || one.convention === convention)
}

/** What is missing for the claim that a function agrees with the reference, by the tests that name it. */
function gapsOf(
  names: readonly string[],
  reference: Reference,
  tests: readonly TestFile[],
  { goldens, scripts }: Evidence,
): string[] {
  const claim = `${reference.name} ${reference.version}`
  const made = goldens.filter(({ rows }) =>
    rows.some((row) => row.reference === claim && row.functions.some(isOf(names))),
  )
  if (made.length === 0) {
    return [`no row of a golden of ${claim} has it among its functions: add one, or correct the docstring`]
  }
  const read = made.filter((golden) => tests.some((test) => test.goldens.includes(golden.name)))
  if (read.length === 0) return [`no test that names it reads a golden of ${claim}`]
  const writing = scripts.filter((text) =>
    read.some((golden) => new RegExp(`["/]${golden.name}(\\.json)?["\\s]`).test(text)),
  )
  return reference.functions
    .filter((called) => !writing.some((text) => mentions(text, called)))
    .map((called) => `no script in tools/parity that writes those goldens takes \`${called}\` of ${claim}`)
}

/** The conventions that neither a row nor an equation proves, and those that an equation is said to prove needlessly. */
function unproven({ names, conventions = [], byEquation = [] }: Claimant, { goldens }: Evidence): string[] {
  const stated = goldens.flatMap(({ rows }) => rows.flatMap((row) => row.functions))
  const strangers = byEquation.filter((one) => !conventions.includes(one))
  return [
    ...strangers.map((one) => `its docstring says what proves \`${one}\`, which is no convention of it`),
    ...conventions
      .filter((one) => !byEquation.includes(one) && !stated.some(isOf(names, one)))
      .map(
        (one) =>
          `no row of a golden has "${names[0]} (${one})" among its functions: add one by a trainer that computes so, or prove ` +
          `it in a test and say "\`${one}\` against its equation" after "Proven against …"`,
      ),
  ]
}

/**
 * What the claims of a function lack. Each reference needs a row of a golden that is of that version and says that it is
 * evidence for the function, a test that reads it and names the function, and a script that writes it and names the
 * reference's function; each convention needs a row under it, or the word that its equation proves it. That rows say the
 * truth and that the numbers agree is for the tests to check. A function that no reference has needs a test alone.
 */
export function missingEvidence(claimant: Claimant, evidence: Evidence): string[] {
  const { names, references } = claimant
  const tests = evidence.tests.filter(({ text }) => names.some((name) => mentions(text, name)))
  if (tests.length === 0) return ['no test names it']
  if (references.length === 0) return []
  return [
    ...references.flatMap((reference) => gapsOf(names, reference, tests, evidence)),
    ...unproven(claimant, evidence),
  ]
}

/** What is wrong with what rows of goldens say that they are evidence for: nothing, or what no entry exports. */
export function rowProblems(exported: ReadonlySet<string>, { goldens }: Evidence): string[] {
  return goldens.flatMap(({ name, rows }) => {
    const silent = rows.find(({ functions }) => functions.length === 0)
    const named = new Set(rows.flatMap(({ functions }) => functions.map((stated) => spelt(stated).name)))
    return [
      ...(silent
        ? [`rows of goldens/${name}.json of ${silent.reference} do not say what \`functions\` they are for`]
        : []),
      ...[...named]
        .filter((one) => !exported.has(one))
        .map((one) => `rows of goldens/${name}.json are for ${one}, which is no exported function`),
    ]
  })
}
