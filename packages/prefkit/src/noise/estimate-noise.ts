import { setImmediate } from 'node:timers/promises'
import {
  agreementWithOthers,
  type BetaEstimate,
  type Estimate,
  estimateAbilities,
  estimateBeta,
  fitDawidSkene,
  fleissKappa,
  impliedFlipRate,
  krippendorffAlpha,
  pairwiseAgreement,
  type Votes,
  votesWithout,
} from '@prefkit/noise'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { readRows } from './read-rows'
import type { ColumnNames } from './row-fields'
import { signsOf, tieLabelOf, type VoteColumns, voteTable } from './vote-table'

type Name = string | number

/** What is estimated, and of what. */
export interface EstimateConfig {
  readonly files: readonly string[]
  readonly columns: ColumnNames
  /** The label that is a tie. Default: a word for it, or 0 where 2 or −1 is a label too. */
  readonly tie?: string | undefined
  /** What Dawid and Skene's annotators confuse: each label, or all alike. */
  readonly errors: 'one-coin' | 'confusion'
  /** Resamples for standard errors of abilities; 0 for none. */
  readonly bootstrap: number
  readonly seed: number
}

/** One annotator, as far as votes tell. */
export interface AnnotatorEstimate {
  readonly annotator: Name
  readonly votes: number
  /** Probability of being right, by Dawid and Skene; null where that could not be fitted. */
  readonly accuracy: number | null
  /** Its standard error; null without a bootstrap. */
  readonly accuracyError: number | null
  /** Share of votes that most of the others on the item agree with; null for none that count. */
  readonly withOthers: number | null
  /** β of this annotator alone; null without differences of scores, or where votes do not tell. */
  readonly beta: number | null
  readonly betaError: number | null
}

/** How often votes on items of a size of |Δr| agree, and are right. */
export interface DifferenceBin {
  /** Mean |Δr|. */
  readonly difference: number
  readonly items: number
  /** Share of agreeing pairs of votes; null where no item has two. */
  readonly agreement: number | null
  /** Share of votes for the response that scores better. */
  readonly right: number
}

/** All that was estimated; null with the reason in `notes` where votes do not tell. */
export interface NoiseEstimate {
  readonly votes: number
  readonly items: number
  readonly annotators: number
  readonly labels: readonly { readonly label: Name; readonly count: number }[]
  /** The label that is a tie. */
  readonly tie: Name | null
  /** Ties left out. */
  readonly agreement: Estimate | null
  readonly flipRate: Estimate | null
  readonly withOthers: Estimate | null
  /** Ties as a label of their own. */
  readonly fleissKappa: Estimate | null
  readonly krippendorffAlpha: Estimate | null
  readonly abilities: readonly AnnotatorEstimate[]
  readonly beta: BetaEstimate | null
  readonly differences: readonly DifferenceBin[]
  readonly notes: readonly string[]
}

/** What cannot be estimated from these votes, as opposed to what cannot be read. */
const unestimable: ReadonlySet<unknown> = new Set(['TOO_FEW', 'NOT_IDENTIFIED', 'UNREACHABLE'])

/** An estimate, or null and a note. */
function attempt<T>(what: string, notes: string[], estimate: () => T): T | null {
  try {
    return estimate()
  } catch (error) {
    if (!unestimable.has((error as { code?: unknown }).code)) throw error
    notes.push(`${what}: ${(error as Error).message}`)
    return null
  }
}

const estimateOnly = ({ value, standardError }: Estimate): Estimate => ({ value, standardError })

const finiteOrNull = (value: number | undefined): number | null => (Number.isFinite(value) ? value! : null)

function countLabels(labels: readonly Name[]) {
  const counts = Map.groupBy(labels, (label) => label)
  return [...counts].map(([label, own]) => ({ label, count: own.length })).sort((a, b) => b.count - a.count)
}

/** Pseudo-votes of each annotator, most of them right: lest who has few votes is made all right or all wrong by them. */
const prior = { priorRight: 4, priorWrong: 1 }

/** Bins of about as many votes each. */
const bins = 10

function differenceBins({ items, labels, deltas }: VoteColumns, signs: readonly number[]): DifferenceBin[] {
  const byItem = [...Map.groupBy(items.keys(), (vote) => items[vote]!).values()]
  const sizeOf = (votes: readonly number[]) => Math.abs(deltas![votes[0]!]!)
  const sorted = byItem.toSorted((a, b) => sizeOf(a) - sizeOf(b))
  const count = Math.min(bins, Math.max(1, Math.floor(sorted.length / 10)))
  // Equal differences go into one bin: that of the first of them.
  const firstOf = new Map<number, number>()
  for (const [place, votes] of sorted.entries())
    if (!firstOf.has(sizeOf(votes))) firstOf.set(sizeOf(votes), place)
  const binOf = (votes: readonly number[]) =>
    Math.floor((firstOf.get(sizeOf(votes))! * count) / sorted.length)
  const groups = [...Map.groupBy(sorted, binOf).values()]
  return groups
    .map((own) => {
      const votes = own.flat().filter((vote) => signs[vote] !== 0)
      const pick = <T>(values: readonly T[]) => votes.map((vote) => values[vote]!)
      const right = votes.reduce((sum, vote) => sum + (1 + Math.sign(signs[vote]! * deltas![vote]!)) / 2, 0)
      const agreement = attempt('', [], () =>
        pairwiseAgreement({ items: pick(items), annotators: votes, labels: pick(labels) }),
      )
      return {
        difference: own.reduce((sum, each) => sum + sizeOf(each), 0) / own.length,
        items: own.length,
        agreement: agreement?.value ?? null,
        right: right / votes.length,
      }
    })
    .filter(({ right }) => Number.isFinite(right))
}

/** What has been found out of the votes before. */
interface Settled {
  /** Votes that are no ties. */
  readonly decided: Votes
  readonly signs: readonly number[] | undefined
  readonly notes: string[]
}

function abilitiesOf(votes: VoteColumns, config: EstimateConfig, { decided, signs, notes }: Settled) {
  const { errors, bootstrap: resamples, seed } = config
  const fit = attempt('Dawid–Skene', notes, () =>
    fitDawidSkene(
      { items: votes.items, annotators: votes.annotators, labels: votes.labels },
      { errors, ...prior, ...(resamples > 0 && { bootstrap: { resamples, seed } }) },
    ),
  )
  const others = attempt('agreement with the others', notes, () => agreementWithOthers(decided))
  const othersPlace = new Map(others?.annotators.map((name, i) => [name, i]))
  const betas =
    votes.deltas && signs
      ? attempt('β by annotator', notes, () =>
          estimateAbilities(
            { deltas: votes.deltas!, labels: signs, annotators: votes.annotators },
            { priorPrecision: 1 },
          ),
        )
      : null
  const counts = Map.groupBy(votes.annotators, (name) => name)
  const betaPlace = new Map(betas?.annotators.map((name, i) => [name, i]))
  const abilities = [...counts].map(([annotator, own], i): AnnotatorEstimate => {
    const place = betaPlace.get(annotator)
    return {
      annotator,
      votes: own.length,
      // Both number annotators as they come.
      accuracy: finiteOrNull(fit?.accuracy[i]),
      accuracyError: finiteOrNull(fit?.standardErrors?.accuracy[i]),
      withOthers: finiteOrNull(others?.byAnnotator[othersPlace.get(annotator) ?? -1]),
      beta: place === undefined ? null : finiteOrNull(betas!.betas[place]),
      betaError: place === undefined ? null : finiteOrNull(betas!.standardErrors[place]),
    }
  })
  return { abilities, withOthers: others && estimateOnly(others) }
}

/** The tie label as the votes have it: 0 of the command line is the number where votes are numbers. */
function tieOf(labels: readonly Name[], given: string | undefined): Name | undefined {
  if (given === undefined) return tieLabelOf(labels)
  const found = labels.find((label) => String(label) === given)
  if (found !== undefined) return found
  const known = [...new Set(labels)].slice(0, 10).join(', ')
  throw new PrefkitError('INVALID_CONFIG', `--tie: expected one of the labels ${known}, got ${given}`)
}

/** With one annotator there is nobody to agree with, and without scores nothing else to go by. */
function checkCrowd({ annotators, items, deltas }: VoteColumns, files: readonly string[]): void {
  const crowd = new Set(annotators)
  if (crowd.size > 1 || deltas) return
  const [only] = crowd
  const message =
    `${files.join(', ')}: all ${items.length} votes are by annotator ${JSON.stringify(only)}; ` +
    'expected two annotators or more, or differences of scores (column delta, or score_a and score_b)'
  throw new PrefkitError('NO_COMPARISONS', message)
}

/**
 * How noisy annotators are, from their votes: agreement, chance-corrected agreement, each one's ability, and β where
 * differences of scores are given.
 * @throws DatasetError for files that cannot be read, naming line and column; PrefkitError `INVALID_CONFIG`, `NO_COMPARISONS`
 *   for no votes, or those of one annotator alone.
 */
export async function estimateNoise(config: EstimateConfig, work: WorkOptions = {}): Promise<NoiseEstimate> {
  const votes = voteTable(await readRows(config.files, work), config.columns)
  checkCrowd(votes, config.files)
  const total = 2
  const step = async (done: number, note: string): Promise<void> => {
    work.onProgress?.({ phase: 'estimate', done, total, ...(note && { note }) })
    await setImmediate()
    work.signal?.throwIfAborted()
  }
  await step(0, 'agreement')
  const notes: string[] = []
  const tie = tieOf(votes.labels, config.tie)
  const plain = { items: votes.items, annotators: votes.annotators, labels: votes.labels }
  const decided = tie === undefined ? plain : votesWithout(plain, tie)
  const agreement = attempt('agreement', notes, () => pairwiseAgreement(decided))
  const choices = new Set(Array.from(decided.labels)).size
  if (choices > 2) notes.push(`implied flip rate: ${choices} labels besides ties; it is of two`)
  const kappa = attempt('Fleiss’ κ', notes, () => fleissKappa(plain))
  const alpha = attempt('Krippendorff’s α', notes, () => krippendorffAlpha(plain))
  await step(1, 'abilities')
  const signs = votes.deltas && signsOf(votes.labels, tie)
  if (votes.deltas && !signs)
    notes.push('β: expected labels that say first or second, such as A and B, or 1 and −1')
  const { abilities, withOthers } = abilitiesOf(votes, config, { decided, signs, notes })
  const beta =
    votes.deltas && signs
      ? attempt('β', notes, () => estimateBeta({ deltas: votes.deltas!, labels: signs }))
      : null
  await step(2, '')
  return {
    votes: votes.items.length,
    items: new Set(votes.items).size,
    annotators: abilities.length,
    labels: countLabels(votes.labels),
    tie: tie ?? null,
    agreement: agreement && estimateOnly(agreement),
    flipRate:
      agreement && choices <= 2
        ? attempt('implied flip rate', notes, () => impliedFlipRate(agreement))
        : null,
    withOthers,
    fleissKappa: kappa && estimateOnly(kappa),
    krippendorffAlpha: alpha && estimateOnly(alpha),
    abilities,
    beta,
    differences: votes.deltas && signs ? differenceBins(votes, signs) : [],
    notes,
  }
}
