import type { Comparison } from './comparison'
import { type ComparisonTexts, directedKey, exactTexts, normalisedTexts } from './comparison-keys'
import { hashText } from './hash-text'
import { hasMadeId } from './made-ids'
import { normaliseText } from './normalise-text'

/** Lengths of texts in characters (UTF-16 units). All 0 where there are no texts. */
export interface LengthSummary {
  readonly min: number
  readonly median: number
  readonly mean: number
  readonly p95: number
  readonly max: number
}

/** A count, with the ids of the first few it counts. */
export interface Counted {
  readonly count: number
  readonly examples: readonly string[]
}

/** What a set of comparisons is like. It is plain JSON. */
export interface Inspection {
  readonly comparisons: number
  /** Different prompts, case and white space aside; empty ones are none. */
  readonly prompts: number
  /** Comparisons without a prompt, or with an empty one (white space aside). */
  readonly withoutPrompt: number
  readonly lengths: {
    readonly prompt: LengthSummary
    readonly chosen: LengthSummary
    readonly rejected: LengthSummary
  }
  /** Share of the comparisons with responses of different length in which the chosen one is longer; 0 if none. */
  readonly longerChosen: number
  /** Comparisons by source, most first; `''` where the data names none. */
  readonly sources: readonly { readonly source: string; readonly count: number }[]
  /** Different annotators named, in comparisons and votes. */
  readonly annotators: number
  /** Comparisons with votes, and the mean share of votes for the chosen response among them (0 if none). */
  readonly votes: { readonly count: number; readonly agreement: number }
  /** Comparisons with a margin, and its range and mean among them (0 if none). */
  readonly margins: {
    readonly count: number
    readonly min: number
    readonly mean: number
    readonly max: number
  }
  /** Comparisons that repeat an earlier one to the letter. */
  readonly duplicates: Counted
  /** Comparisons that repeat an earlier one, case and white space aside; the exact ones included. */
  readonly nearDuplicates: Counted
  /** Comparisons of a pair that an earlier one judged the other way, case and white space aside. */
  readonly contradictory: Counted
  /** Comparisons whose two responses are the same to the letter. */
  readonly identical: Counted
  /** Comparisons whose two responses are the same, case and white space aside; the exact ones included. */
  readonly nearIdentical: Counted
  /** Comparisons with an empty response (white space aside). */
  readonly empty: Counted
  /** Comparisons whose id an earlier one has; ids made from the place of a row are none. */
  readonly repeatedIds: Counted
  /** The first few comparisons. */
  readonly examples: readonly Comparison[]
}

const EXAMPLES = 3

function counter(): { note: (id: string) => void; result: () => Counted } {
  const examples: string[] = []
  let count = 0
  return {
    note: (id) => {
      count++
      if (examples.length < EXAMPLES) examples.push(id)
    },
    result: () => ({ count, examples }),
  }
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

/** Quantiles are the nearest rank. */
function summarise(values: readonly number[]): LengthSummary {
  const sorted = Float64Array.from(values).sort()
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { min: rank(0), median: rank(0.5), mean: mean(values), p95: rank(0.95), max: rank(1) }
}

/** Finds repeated texts by their 53-bit hashes, which in a million comparisons collide about once in 20,000 runs. */
function repetitionFinder() {
  const [duplicates, nearDuplicates, contradictory] = [counter(), counter(), counter()]
  const [identical, nearIdentical] = [counter(), counter()]
  const exactSeen = new Set<number>()
  const nearSeen = new Set<number>()
  const repeats = (seen: Set<number>, texts: ComparisonTexts): boolean => {
    const before = seen.size
    return seen.add(hashText(directedKey(texts))).size === before
  }
  const note = (id: string, exact: ComparisonTexts): void => {
    const near = normalisedTexts(exact)
    if (repeats(exactSeen, exact)) duplicates.note(id)
    if (repeats(nearSeen, near)) nearDuplicates.note(id)
    if (exact.chosen === exact.rejected) identical.note(id)
    if (near.chosen === near.rejected) nearIdentical.note(id)
    else if (nearSeen.has(hashText(directedKey({ ...near, chosen: near.rejected, rejected: near.chosen }))))
      contradictory.note(id)
  }
  const result = () => ({
    duplicates: duplicates.result(),
    nearDuplicates: nearDuplicates.result(),
    contradictory: contradictory.result(),
    identical: identical.result(),
    nearIdentical: nearIdentical.result(),
  })
  return { note, result }
}

/** Collects what the labels say: sources, annotators, votes, margins. */
function labelCollector() {
  const sources = new Map<string, number>()
  const annotators = new Set<string>()
  const preferences: number[] = []
  const margins: number[] = []
  const note = ({ source = '', annotator, votes, preference, margin }: Comparison): void => {
    sources.set(source, (sources.get(source) ?? 0) + 1)
    for (const name of [annotator, ...(votes ?? []).map((vote) => vote.annotator)])
      if (name !== undefined) annotators.add(name)
    if (votes !== undefined && preference !== undefined) preferences.push(preference)
    if (margin !== undefined) margins.push(margin)
  }
  const extreme = (pick: (a: number, b: number) => number) =>
    margins.length === 0 ? 0 : margins.reduce(pick)
  const result = () => ({
    sources: [...sources].map(([source, count]) => ({ source, count })).sort((a, b) => b.count - a.count),
    annotators: annotators.size,
    votes: { count: preferences.length, agreement: mean(preferences) },
    margins: {
      count: margins.length,
      min: extreme((a, b) => Math.min(a, b)),
      mean: mean(margins),
      max: extreme((a, b) => Math.max(a, b)),
    },
  })
  return { note, result }
}

/** Collects lengths, and which response is the longer. */
function lengthCollector() {
  const lengths = { prompt: [] as number[], chosen: [] as number[], rejected: [] as number[] }
  let longer = 0
  let different = 0
  const note = ({ prompt, chosen, rejected }: ComparisonTexts): void => {
    lengths.prompt.push(prompt.length)
    lengths.chosen.push(chosen.length)
    lengths.rejected.push(rejected.length)
    if (chosen.length !== rejected.length) different++
    if (chosen.length > rejected.length) longer++
  }
  const result = () => ({
    lengths: {
      prompt: summarise(lengths.prompt),
      chosen: summarise(lengths.chosen),
      rejected: summarise(lengths.rejected),
    },
    longerChosen: different === 0 ? 0 : longer / different,
  })
  return { note, result }
}

/**
 * Counts, lengths, sources, votes and margins of comparisons, with duplicates, contradictory and identical pairs:
 * what `prefkit data inspect` prints. Reads a stream once and holds hashes and lengths, not texts, so about 200
 * bytes a comparison.
 */
export async function inspectComparisons(
  comparisons: Iterable<Comparison> | AsyncIterable<Comparison>,
): Promise<Inspection> {
  const repetitions = repetitionFinder()
  const labels = labelCollector()
  const lengths = lengthCollector()
  const [empty, repeatedIds] = [counter(), counter()]
  const ids = new Set<number>()
  const prompts = new Set<number>()
  const examples: Comparison[] = []
  let count = 0
  let withoutPrompt = 0
  for await (const comparison of comparisons) {
    const { id } = comparison
    const texts = exactTexts(comparison)
    if (count++ < EXAMPLES) examples.push(comparison)
    repetitions.note(id, texts)
    labels.note(comparison)
    lengths.note(texts)
    const prompt = normaliseText(texts.prompt)
    if (prompt === '') withoutPrompt++
    else prompts.add(hashText(prompt))
    if (texts.chosen.trim() === '' || texts.rejected.trim() === '') empty.note(id)
    if (hasMadeId(comparison)) continue
    if (ids.has(hashText(id))) repeatedIds.note(id)
    ids.add(hashText(id))
  }
  return {
    comparisons: count,
    prompts: prompts.size,
    withoutPrompt,
    ...lengths.result(),
    ...labels.result(),
    ...repetitions.result(),
    empty: empty.result(),
    repeatedIds: repeatedIds.result(),
    examples,
  }
}
