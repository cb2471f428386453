/** A version of a library, and the functions of it that a function of ours agrees with. */
export interface Reference {
  name: string
  /** A release, or a commit where there are none. */
  version: string
  functions: string[]
}

/** Where a function comes from and what shows that it is right, as its docstring says. */
export interface Provenance {
  /** The first sentence of the docstring: what it is. */
  summary: string
  /** Papers, books or programs, with equation or section. */
  source: string
  /** What it was proven against. */
  proof: string
  references: Reference[]
  /** The conventions that it says were proven against their equation, as in "`halos` against its equation". */
  byEquation: string[]
}

const FORM =
  '"Source: <paper, equation or section>[; …]. Proven against <library version (`function`), …>[, `<convention>` against ' +
  'its equation]." or "… Proven against its equation."'

/** A sentence ends before a capital, a Greek letter or code, unless what precedes it is an abbreviation. */
const firstSentence = (paragraph: string): string =>
  /^.*?(?<!\b(?:Dr|al|cf|vs|e\.g|i\.e))\.(?= [\p{Lu}\p{Script=Greek}`]|$)/u.exec(paragraph)?.[0] ?? paragraph

/** A library, a release or a commit of it, and what is said of it in brackets. */
const VERSIONED = /([A-Za-z][\w-]*) (\d+(?:\.\d+)+|(?=[a-f]*\d)[\da-f]{7,40}\b)(?: \(([^)]*)\))?/g

const referencesOf = (proof: string): Reference[] =>
  [...proof.matchAll(VERSIONED)].map((match) => ({
    name: match[1]!,
    version: match[2]!,
    functions: [...(match[3] ?? '').matchAll(/`([^`]+)`/g)].map((code) => code[1]!),
  }))

const byEquationOf = (proof: string): string[] =>
  [...proof.matchAll(/`([\w-]+)` against its equation/g)].map((match) => match[1]!)

/** Reads the last paragraph of a docstring, or says what is wrong with it. */
export function provenanceOf(doc: string): Provenance | string {
  const paragraphs = doc.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
  const match = /^Source: (.+?)\. Proven against (.+)\.$/.exec(paragraphs.at(-1) ?? '')
  if (!match) return `its docstring must end with the paragraph ${FORM}`
  const [, source, proof] = match as unknown as [string, string, string]
  if (/^(none|unknown)\b/i.test(source)) {
    return `its source is "${source}": name one, or "this package" for what nobody published`
  }
  const references = referencesOf(proof)
  const unversioned = /([A-Za-z][\w-]*) \([^)]*`/.exec(proof.replace(VERSIONED, ''))
  if (unversioned) return `it names no version, or commit, of ${unversioned[1]}`
  const unnamed = references.find(({ functions }) => functions.length === 0)
  if (unnamed) return `it names no \`function\` of ${unnamed.name} ${unnamed.version}`
  if (references.length === 0 && !proof.startsWith('its equation')) {
    return `"Proven against ${proof}" names no library with its version, and is not "its equation"`
  }
  return {
    summary: firstSentence(paragraphs[0]!),
    source,
    proof,
    references,
    byEquation: byEquationOf(proof),
  }
}
