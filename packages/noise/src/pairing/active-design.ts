import { sigmoid } from '@prefkit/expressions'
import { checkBoolean, checkInteger, checkNames, checkPositive, choose } from '../check-options'
import { checkProposal } from './arenas'
import { crossPromptPairs } from './cross-prompt-pairs'
import { type Pair, type PairSequence, pairNumber } from './pair-sequence'
import type { AdaptiveDesign, PairingHistory } from './pairing-history'
import { keyOf } from './permutation'
import { posteriorOf } from './posterior-of'
import { randomPairs } from './random-pairs'
import { checkTable, type ResponseTable } from './response-table'
import type { Information, RewardPosterior } from './reward-posterior'
import { samePromptPairs } from './same-prompt-pairs'

/**
 * What a pair is chosen for. `entropy`: its predicted probability is nearest ½. `variance`: the difference of its
 * rewards is known least. `d-optimal`: it adds most to the log-determinant of the Fisher information, log(1 + p(1 −
 * p) δᵀΣδ).
 */
export type ActiveCriterion = 'entropy' | 'variance' | 'd-optimal'

/** Options of {@link activeDesign}. */
export interface ActiveDesignOptions {
  /** What a pair is chosen for; see {@link ActiveCriterion}. Default: `d-optimal`. */
  criterion?: ActiveCriterion
  /** Which pairs there are to choose from: of the `same-prompt`, `cross-prompt`, or `any`. Default: `same-prompt`. */
  pairs?: 'same-prompt' | 'cross-prompt' | 'any'
  /**
   * How many pairs, drawn at random for each proposal, to choose from; an integer ≥ 1, or Infinity. Default: 10,000.
   */
  candidates?: number
  /** σ² > 0 of the Gaussian prior of each feature's weight or, without features, of each reward. Default: 1. */
  priorVariance?: number
  /** Whether information of earlier pairs counts, as in PA D-opt, or only that of the batch. Default: true. */
  pastAware?: boolean
  /** Integer that makes the pairs repeat exactly for the same labels. Default: 0. */
  seed?: number
}

const PURPOSE = 0x616374

/** Pairs to choose from, with the predicted difference of rewards and the variance of a label at it. */
interface Candidate extends Pair {
  readonly delta: number
  readonly weight: number
}

/** `pending` are pairs that wait for a label. */
type Choose = (
  candidates: readonly Candidate[],
  count: number,
  pending: readonly Candidate[],
  information: () => Information,
) => Pair[]

const pairOf = ({ first, second }: Pair): Pair => ({ first, second })

const byEntropy: Choose = (candidates, count) =>
  candidates
    .toSorted((a, b) => Math.abs(a.delta) - Math.abs(b.delta))
    .slice(0, count)
    .map(pairOf)

/**
 * One after another the pair of largest gain; what is chosen adds its information, which lowers the variance that is
 * left for the others by a rank-one update of each.
 */
const greedily =
  (gain: (variance: number, weight: number) => number): Choose =>
  (candidates, count, pending, information) => {
    const known = information()
    const variances = Float64Array.from(candidates, ({ first, second }) => known.variance(first, second))
    const left = new Set(candidates.keys())
    const learn = ({ first, second, weight }: Candidate): void => {
      const { scale, covarianceWith } = known.learn(first, second, weight)
      for (const k of left) {
        const shared = covarianceWith(candidates[k]!.first) - covarianceWith(candidates[k]!.second)
        variances[k]! -= scale * shared ** 2
      }
    }
    for (const pair of pending) learn(pair)
    const chosen: Pair[] = []
    while (chosen.length < count && left.size > 0) {
      let [best, most] = [-1, Number.NEGATIVE_INFINITY]
      for (const k of left) {
        const value = gain(variances[k]!, candidates[k]!.weight)
        if (value > most) [best, most] = [k, value]
      }
      left.delete(best)
      chosen.push(pairOf(candidates[best]!))
      if (chosen.length < count) learn(candidates[best]!)
    }
    return chosen
  }

const criteria: Readonly<Record<ActiveCriterion, Choose>> = {
  entropy: byEntropy,
  variance: greedily((variance) => variance),
  // log1p rises with it and would only cost time.
  'd-optimal': greedily((variance, weight) => variance * weight),
}

/** p(1 − p) at the predicted difference. */
const labelVariance = (delta: number): number => sigmoid(delta) * sigmoid(-delta)

/** What is predicted of a pair. */
function candidateOf({ first, second }: Pair, posterior: RewardPosterior): Candidate {
  const delta = posterior.mean(first) - posterior.mean(second)
  return { first, second, delta, weight: labelVariance(delta) }
}

/** Random pairs that were not asked yet. */
function unasked(sequence: PairSequence, most: number, history: PairingHistory, responses: number): Pair[] {
  const { first, second } = history
  const asked = new Set(first.map((row, i) => pairNumber(row, second[i]!, responses)))
  const pairs: Pair[] = []
  for (const pair of sequence) {
    if (pairs.length >= most) break
    if (!asked.has(pairNumber(pair.first, pair.second, responses))) pairs.push(pair)
  }
  return pairs
}

const pendingPairs = ({ first, second, labels }: PairingHistory): Pair[] =>
  labels.flatMap((label, place) => (label === null ? [{ first: first[place]!, second: second[place]! }] : []))

function checkedOptions(options: ActiveDesignOptions) {
  checkNames('activeDesign', options, {
    criterion: true,
    pairs: true,
    candidates: true,
    priorVariance: true,
    pastAware: true,
    seed: true,
  })
  const { criterion = 'd-optimal', pairs = 'same-prompt', candidates = 10_000 } = options
  const { priorVariance = 1, pastAware = true, seed = 0 } = options
  if (candidates !== Number.POSITIVE_INFINITY) checkInteger('candidates', candidates, 1)
  checkPositive('priorVariance', priorVariance)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  checkBoolean('pastAware', pastAware)
  const designs: Record<string, typeof randomPairs> = {
    'same-prompt': (table, given) => samePromptPairs(table, { ...given, balance: 'pairs' }),
    'cross-prompt': (table, given) => crossPromptPairs(table, { ...given, balance: 'pairs' }),
    any: randomPairs,
  }
  const choosePairs = choose('criterion', criterion, criteria)
  return { choosePairs, draw: choose('pairs', pairs, designs), candidates, priorVariance, pastAware, seed }
}

/**
 * Active selection: each proposal fits rewards to the labels so far and takes the pairs that a criterion finds most
 * worth asking, none twice. Rewards are wᵀφ of the table's features, or free where it has none; w has a Gaussian
 * prior and Laplace's approximation of its posterior. Pairs that wait for labels count as information at the
 * predicted probability.
 *
 * A batch of n from C candidates costs n·C·d for d features, and d² for each label so far; without features the
 * square of the responses that labels link.
 *
 * Source: 2502.04354, D-opt and PA D-opt on last-layer features, here one pair after another; Fedorov 1972 for the
 * update. Proven against its equation, by listing all pairs.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`; `NOT_IDENTIFIED` for features
 * that rounding makes one, when proposing.
 */
export function activeDesign(table: ResponseTable, options: ActiveDesignOptions = {}): AdaptiveDesign {
  const { choosePairs, draw, candidates, priorVariance, pastAware, seed } = checkedOptions(options)
  checkTable(table)
  const responses = table.prompts.length
  const posteriorAfter = posteriorOf(table, priorVariance)
  const propose = (history: PairingHistory, count: number): Pair[] => {
    checkProposal(history, count, responses)
    const posterior = posteriorAfter(history)
    const predicted = (pairs: Pair[]) => pairs.map((pair) => candidateOf(pair, posterior))
    const sequence = draw(
      { prompts: table.prompts },
      { seed: keyOf(PURPOSE, seed, history.first.length).low },
    )
    const drawn = predicted(unasked(sequence, candidates, history, responses))
    const pending = pastAware ? predicted(pendingPairs(history)) : []
    return choosePairs(drawn, count, pending, () => posterior.information(pastAware))
  }
  return { responses, propose }
}
