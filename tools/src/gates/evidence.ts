import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Reference } from './provenance.ts'

/** A golden file: numbers that reference implementations gave. */
export interface Golden {
  name: string
  /** Version of each library that they came from, as the file says. */
  versions: Record<string, string>
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

function goldenOf(file: string): Golden {
  const content = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const head = (content.versions ?? content) as Record<string, unknown>
  const versions = Object.entries(head).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { name: basename(file, '.json'), versions: Object.fromEntries(versions) }
}

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

/** The key, in small letters, under which goldens have a library's version. */
const keyOf = (library: string): string => (library === 'PyTorch' ? 'torch' : library.toLowerCase())

/** A version, or the beginning of a commit. */
const isVersion = (stated: string, given: string): boolean =>
  stated === given || (/^[\da-f]{40}$/.test(stated) && given.length >= 7 && stated.startsWith(given))

const isFrom = ({ versions }: Golden, { name, version }: Reference): boolean =>
  Object.entries(versions).some(([library, value]) => {
    const key = library.toLowerCase()
    const same = key === keyOf(name) || key.startsWith(`${keyOf(name)}-`)
    return same && value.split(/[^\w.]+/).some((stated) => isVersion(stated, version))
  })

/** What is missing for the claim that what these tests are about agrees with the reference. */
function gapsOf(reference: Reference, tests: readonly TestFile[], { goldens, scripts }: Evidence): string[] {
  const claim = `${reference.name} ${reference.version}`
  const made = goldens.filter((golden) => isFrom(golden, reference))
  if (made.length === 0) return [`no golden is of ${claim}`]
  const read = made.filter((golden) => tests.some((test) => test.goldens.includes(golden.name)))
  if (read.length === 0) return [`no test that names it reads a golden of ${claim}`]
  const writing = scripts.filter((text) =>
    read.some((golden) => new RegExp(`["/]${golden.name}(\\.json)?["\\s]`).test(text)),
  )
  return reference.functions
    .filter((called) => !writing.some((text) => mentions(text, called)))
    .map((called) => `no script in tools/parity that writes those goldens takes \`${called}\` of ${claim}`)
}

/**
 * What the claims of a function, under its names, lack. Each needs a golden that says it is of that version, a test that reads
 * it and names the function, and a script that writes it and names the reference's function. That the numbers then agree is
 * for that test to say.
 */
export function missingEvidence(
  names: readonly string[],
  references: readonly Reference[],
  evidence: Evidence,
): string[] {
  const tests = evidence.tests.filter(({ text }) => names.some((name) => mentions(text, name)))
  if (tests.length === 0) return ['no test names it']
  return references.flatMap((reference) => gapsOf(reference, tests, evidence))
}
