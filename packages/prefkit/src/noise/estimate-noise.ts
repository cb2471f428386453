import { setImmediate } from 'node:timers/promises'
import {
  agreementWithOthers,
  type BetaEstimate,
  type Estimate,
  estimateAbilities,
  estimateBeta,
  fleissKappa,
  impliedFlipRate,
  krippendorffAlpha,
  pairwiseAgreement,
  type Votes,
  votesWithout,
} from '@prefkit/noise'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { readRows } from '../tables/read-rows'
import { countedErrorRate } from './counted-error'
import type { CrowdModelName } from './design-names'
import { type FitAbilitiesOptions, fitAbilities, modelTitles } from './fit-abilities'
import type { ColumnNames } from './row-fields'
import { signsOf, tieLabelOf, type VoteColumns, voteTable } from './vote-table'

type Name = string | number

/** What is estimated, and of what. */
export interface EstimateConfig extends FitAbilitiesOptions {
  /** Tables of votes: JSON Lines, CSV or TSV (each plain or gzip), or Parquet. */
  readonly files: readonly string[]
  /** Names of columns where they are other than usual. */
  readonly columns: ColumnNames
  /** The label that is a tie. Default: a word for it, or 0 where 2 or −1 is a label too. */
  readonly tie?: string | undefined
  /** What abilities are fitted with. Default: `dawid-skene`. */
  readonly model?: CrowdModelName | undefined
}

/** One annotator, as far as votes tell. */
export interface AnnotatorEstimate {
  readonly annotator: Name
  readonly votes: number
  /** Probability of being right, as the model has it; null where that could not be fitted. */
  readonly accuracy: number | null
  /** Its standard error; null without a bootstrap, where the model takes one. */
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
  /** The same as β implies it; null where there is none. */
  readonly implied: number | null
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
  /** What abilities are fitted with. */
  readonly model: CrowdModelName
  readonly abilities: readonly AnnotatorEstimate[]
  /** Share of decided votes for the response that scores worse, counted; null without scores. */
  readonly wrong: Estimate | null
  /** β, and the error rate that it implies, with standard errors over items; null without scores. */
  readonly beta: BetaEstimate | null
  readonly differences: readonly DifferenceBin[]
  /** What could not be estimated, and why. */
  readonly notes: readonly string[]
  /** What to know of what could. */
  readonly remarks: readonly string[]
}

/** What cannot be estimated from these votes, as opposed to what cannot be read. */
const unestimable: ReadonlySet<unknown> = new Set([
  'TOO_FEW',
  'NOT_IDENTIFIED',
  'NOT_CONVERGED',
  'UNREACHABLE',
])

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

/** Bins of about as many votes each. */
const bins = 10

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

function differenceBins(
  { items, labels, deltas }: VoteColumns,
  signs: readonly number[],
  beta: BetaEstimate | null,
): DifferenceBin[] {
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
        difference: meanOf(own.map(sizeOf)),
        items: own.length,
        agreement: agreement?.value ?? null,
        right: right / votes.length,
        implied: beta && meanOf(votes.map((vote) => sigmoid(beta.beta * Math.abs(deltas![vote]!)))),
      }
    })
    .filter(({ right }) => Number.isFinite(right))
}

/** What has been found out of the votes before. */
interface Settled {
  /** Votes that are no ties. */
  readonly decided: Votes
  readonly tie: Name | undefined
  readonly signs: readonly number[] | undefined
  readonly notes: string[]
  readonly remarks: string[]
}

/** Abilities by the model asked for, and what to know of them. */
function modelFit(votes: VoteColumns, config: EstimateConfig, { tie, signs, notes, remarks }: Settled) {
  const { model = 'dawid-skene' } = config
  const title = modelTitles[model]
  if (config.errors !== undefined && model !== 'dawid-skene')
    throw new PrefkitError('INVALID_CONFIG', `--errors: expected --model dawid-skene with it, got ${model}`)
  const fit = attempt(title, notes, () => fitAbilities(model, votes, signs, config))
  if (fit === undefined) notes.push(`${title}: ${sidesExpected}`)
  if (fit && !fit.converged)
    remarks.push(
      `${title} had not converged after ${fit.iterations} iterations; abilities are where it stopped`,
    )
  if (fit && tie !== undefined)
    remarks.push(
      model === 'crowd-bt'
        ? 'abilities leave out ties'
        : `abilities take a tie, ${tie}, as a label that can be the true one`,
    )
  return fit ?? undefined
}

function abilitiesOf(votes: VoteColumns, config: EstimateConfig, settled: Settled) {
  const { decided, signs, notes } = settled
  const fit = modelFit(votes, config, settled)
  const fitPlace = new Map(fit?.annotators.map((name, i) => [name, i]))
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
  const abilities = [...counts].map(([annotator, own]): AnnotatorEstimate => {
    const place = betaPlace.get(annotator)
    return {
      annotator,
      votes: own.length,
      accuracy: finiteOrNull(fit?.accuracy[fitPlace.get(annotator) ?? -1]),
      accuracyError: finiteOrNull(fit?.standardErrors?.[fitPlace.get(annotator) ?? -1]),
      withOthers: finiteOrNull(others?.byAnnotator[othersPlace.get(annotator) ?? -1]),
      beta: place === undefined ? null : finiteOrNull(betas!.betas[place]),
      betaError: place === undefined ? null : finiteOrNull(betas!.standardErrors[place]),
    }
  })
  return { abilities, withOthers: others && estimateOnly(others) }
}

const sidesExpected = 'expected labels that say first or second, such as A and B, or 1 and −1'

/** How often votes are wrong against the scores, counted and as β has it. */
function scoresOf({ items, deltas }: VoteColumns, signs: readonly number[], { notes, remarks }: Settled) {
  const wrong = attempt('share that is wrong', notes, () => countedErrorRate(items, deltas!, signs))
  const beta = attempt('β', notes, () =>
    estimateBeta({ deltas: deltas!, labels: signs }, { clusters: items }),
  )
  const percent = (rate: number) => `${(100 * rate).toFixed(1)} %`
  // Both are of the same votes: how far they are apart is known better than either alone.
  if (wrong && beta && Math.abs(beta.errorRate - wrong.value) > 3 * wrong.standardError)
    remarks.push(
      `β does not fit: it implies that ${percent(beta.errorRate)} of votes are wrong, and ${percent(wrong.value)} are; ` +
        'answers do not follow the difference of scores as a logistic annotator’s would',
    )
  return { wrong, beta }
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
  const signs = signsOf(votes.labels, tie)
  const hasScores = votes.deltas !== undefined && signs !== undefined
  if (votes.deltas && !signs) notes.push(`β: ${sidesExpected}`)
  const settled = { decided, tie, signs, notes, remarks: [] as string[] }
  const { abilities, withOthers } = abilitiesOf(votes, config, settled)
  const { wrong, beta } = hasScores ? scoresOf(votes, signs, settled) : { wrong: null, beta: null }
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
    model: config.model ?? 'dawid-skene',
    abilities,
    wrong: wrong && estimateOnly(wrong),
    beta,
    differences: hasScores ? differenceBins(votes, signs, beta) : [],
    notes,
    remarks: settled.remarks,
  }
}
