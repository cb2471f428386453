import { readFileSync } from 'node:fs'
import type { PairedComparisons } from '../paired-comparisons'

interface Estimate {
  estimate: number
  standardError: number
}

/** Strengths relative to player 0. */
interface Strengths {
  strengths: number[]
  standardErrors: number[]
}

interface ByTable<Row> {
  pandalm: Row
  ukp: Row
}

interface Goldens {
  ukp: {
    columns: Record<'first' | 'second' | 'outcome' | 'cluster', number[]>
    lengths: number[]
  }
  choix: ByTable<
    Record<'ilsrPairwise' | 'mmPairwise' | 'optPairwise', number[]> & {
      optPairwiseAlpha: { alpha: number; strengths: number[] }
    }
  >
  fastchat: ByTable<{ computeElo: number[]; computeEloMleWithTie: number[] }>
  arenaNotebook: ByTable<number[]>
  logit: Record<'wald' | 'sandwich' | 'clustered', Strengths & { orderEffect: Estimate }> & {
    logLikelihood: number
    clusters: number
    structured: { estimates: number[]; standardErrors: number[]; logLikelihood: number }
    covariate: Strengths & { covariate: Estimate }
    styled: { C: number; strengths: number[]; coefficient: number }
    weighted: Strengths
  }
  davidson: ByTable<Strengths & { orderEffect: Estimate; logPrevalence: Estimate }>
  davidsonUnordered: ByTable<Strengths & { logPrevalence: Estimate }>
  raoKupper: ByTable<
    Strengths & { orderEffect: number; threshold: number; thresholdError: number; logLikelihood: number }
  >
}

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Reference numbers of tools/parity/bradley_terry.py, for the tests. */
export const goldens: Goldens = read('bradley-terry.json')

/** A table of votes, and whose row each is. */
export type Table = PairedComparisons & { readonly outcomes: readonly number[]; readonly clusters: number[] }

function pandalm(): Table {
  const { items }: { items: number[][] } = read('pandalm-votes.json')
  const rows = items.flatMap(([first, second, ...votes], cluster) =>
    votes.map((vote) => ({ first: first!, second: second!, outcome: [0.5, 1, 0][vote]!, cluster })),
  )
  return {
    first: rows.map(({ first }) => first),
    second: rows.map(({ second }) => second),
    outcomes: rows.map(({ outcome }) => outcome),
    clusters: rows.map(({ cluster }) => cluster),
  }
}

function ukp(): Table {
  const { first, second, outcome, cluster } = goldens.ukp.columns
  return { first, second, outcomes: outcome, clusters: cluster }
}

/** Votes on five systems (PandaLM), and on 25 arguments (UKPConvArg1). */
export const tables: ByTable<Table> = { pandalm: pandalm(), ukp: ukp() }
