import { pearson, spearman } from '@prefkit/evals'
import {
  agreementWithOthers,
  cohenKappa,
  type Estimate,
  fitDawidSkene,
  fitMace,
  fleissKappa,
  impliedFlipRate,
  krippendorffAlpha,
  pairwiseAgreement,
  votesWithout,
} from '@prefkit/noise'
import type { PairVotes } from './read-votes.ts'

/** How noisy a set of votes is. */
export interface Noise {
  readonly agreement: Estimate
  readonly flipRate: Estimate
  readonly withOthers: Estimate
  readonly kappa: Estimate
  readonly alpha: Estimate
}

/** Agreement and what it implies for votes that decide, ties left out; κ and α of all three labels. */
export function noiseOf(votes: PairVotes): Noise {
  const decided = votesWithout(votes, 0)
  const agreement = pairwiseAgreement(decided)
  return {
    agreement,
    flipRate: impliedFlipRate(agreement),
    withOthers: agreementWithOthers(decided),
    kappa: fleissKappa(votes),
    alpha: krippendorffAlpha(votes),
  }
}

/** How an estimate of workers' ability goes with the published one. */
export interface Correlation {
  readonly estimate: string
  readonly workers: number
  readonly spearman: number
  readonly pearson: number
}

type ByWorker = readonly (readonly [worker: number, ability: number])[]

const byWorker = (annotators: readonly (string | number)[], abilities: Float64Array): ByWorker =>
  annotators.map((worker, a) => [worker as number, abilities[a]!] as const)

function correlate(
  estimate: string,
  abilities: ByWorker,
  published: ReadonlyMap<number, number>,
): Correlation {
  const known = abilities.filter(([, ability]) => !Number.isNaN(ability))
  const [own, theirs] = [known.map(([, ability]) => ability), known.map(([worker]) => published.get(worker)!)]
  const [rank, linear] = [spearman(own, theirs), pearson(own, theirs)]
  if (rank === null || linear === null) throw new Error(`${estimate}: expected abilities that differ`)
  return { estimate, workers: known.length, spearman: rank, pearson: linear }
}

/** Workers' abilities by several methods, each against the published competence. */
export function correlationsWith(published: ReadonlyMap<number, number>, votes: PairVotes): Correlation[] {
  const mace = fitMace(votes, { method: 'maximum-likelihood' })
  const bayes = fitMace(votes)
  const confusion = fitDawidSkene(votes, { priorRight: 2, priorWrong: 1 })
  const coin = fitDawidSkene(votes, { errors: 'one-coin', priorRight: 2, priorWrong: 1 })
  const others = agreementWithOthers(votes)
  return [
    correlate('MACE, smoothed maximum likelihood', byWorker(mace.annotators, mace.competence), published),
    correlate('MACE, variational', byWorker(bayes.annotators, bayes.competence), published),
    correlate('Dawid–Skene accuracy', byWorker(confusion.annotators, confusion.accuracy), published),
    correlate('one-coin accuracy', byWorker(coin.annotators, coin.accuracy), published),
    correlate('agreement with the others', byWorker(others.annotators, others.byAnnotator), published),
  ]
}

/** How good one of a few annotators is. */
export interface Annotator {
  readonly annotator: number
  readonly accuracy: Estimate
  readonly withOthers: number
}

/** Each annotator's accuracy by Dawid and Skene's model, with standard errors over resampled items. */
export function annotatorsOf(votes: PairVotes): Annotator[] {
  const fitted = fitDawidSkene(votes, { priorRight: 2, priorWrong: 1, bootstrap: { resamples: 200 } })
  const others = agreementWithOthers(votes)
  return fitted.annotators.map((annotator, a) => ({
    annotator: annotator as number,
    accuracy: { value: fitted.accuracy[a]!, standardError: fitted.standardErrors!.accuracy[a]! },
    withOthers: others.byAnnotator[a]!,
  }))
}

/** Cohen's κ of annotators who all judged the same items in the same order, pair by pair. */
export function kappasOf(votes: PairVotes): { between: readonly [number, number]; kappa: Estimate }[] {
  const people = [...new Set(votes.annotators)]
  const labelsOf = (person: number) => votes.labels.filter((_, i) => votes.annotators[i] === person)
  return people.flatMap((one, i) =>
    people.slice(i + 1).map((other) => ({
      between: [one, other] as const,
      kappa: cohenKappa(labelsOf(one), labelsOf(other)),
    })),
  )
}
