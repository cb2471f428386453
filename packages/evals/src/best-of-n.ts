import {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapInterval,
  resamplingNames,
} from './bootstrap-interval'
import {
  checkColumns,
  checkFinite,
  checkInteger,
  checkList,
  checkNotEmpty,
  checkOptions,
  checkSameLength,
  formatValue,
} from './check-input'
import { EvalsError } from './evals-error'

/** Scores of the responses to each prompt; prompts may have different numbers of responses. */
export type PromptScores = ArrayLike<ArrayLike<number>>

/** Input of {@link bestOfN} and {@link bestOfNByPermutation}. */
export interface BestOfNInput {
  /** The model's score of each response, by prompt. */
  scores: PromptScores
  /** The golden score of each response, by prompt; same shape. */
  golden: PromptScores
  /** Values of n: integers ≥ 1, none above the number of responses of any prompt. */
  n: readonly number[]
}

/** One point of a best-of-n curve; golden scores are in their own units. */
export interface BestOfNPoint {
  n: number
  /** Expected golden score of the response the model picks among n, mean over prompts. */
  mean: number
  /** `mean` less the base, the golden score of a response picked at random. */
  improvement: number
  /** Of `improvement`, resampling prompts (paired with each prompt's own base); without width for one prompt. */
  interval: BootstrapInterval
  /** Golden score of the best response among n: what a perfect reward model would reach. */
  oracle: number
  /** log n − (n − 1)/n, in nats: an upper bound of KL(best-of-n ‖ base), not its value. */
  klUpperBound: number
}

/** What {@link bestOfN} found. */
export interface BestOfNCurve {
  /** Mean golden score of all responses, mean over prompts. */
  base: number
  prompts: number
  /** One a requested n, in the order requested. */
  points: BestOfNPoint[]
}

/** Throws unless `scores` and `golden` have one shape, hold finite numbers and allow every n. */
export function checkBestOfN(owner: string, input: BestOfNInput): void {
  checkColumns(owner, input)
  const { scores, golden, n } = input
  checkList('golden', golden)
  checkNotEmpty('scores', scores)
  checkNotEmpty('n', n)
  checkSameLength({ scores, golden })
  for (const [i, value] of n.entries()) checkInteger(`n[${i}]`, value, 1)
  const largest = Math.max(...n)
  for (let prompt = 0; prompt < scores.length; prompt++) {
    const [s, g] = [scores[prompt]!, golden[prompt]!]
    checkNotEmpty(`scores[${prompt}]`, s)
    checkSameLength({ [`scores[${prompt}]`]: s, [`golden[${prompt}]`]: g })
    checkFinite(`scores[${prompt}]`, s)
    checkFinite(`golden[${prompt}]`, g)
    if (s.length >= largest) continue
    const message = `n reaches ${largest} and scores[${prompt}] has ${s.length} responses; expected n ≤ ${s.length}`
    throw new EvalsError('OUT_OF_RANGE', 'n', message)
  }
}

/**
 * Expected golden score of the highest-scored response of a random n-subset of N responses, in closed form.
 *
 * With responses sorted by score, all of a subset lies among the lowest b with probability
 * F(b) = C(b, n) / C(N, n). A run of equal scores in places a + 1 … b is picked with probability F(b) − F(a), and
 * each response in it equally often, so the value is Σ over runs of (F(b) − F(a)) · mean golden of the run. No
 * simulation, so no simulation error: the average over all C(N, n) subsets (METHODS: the unbiased order statistic).
 *
 * @param scores N finite scores
 * @param golden N finite golden scores
 * @param n integer from 1 to N
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function bestOfNValue(scores: ArrayLike<number>, golden: ArrayLike<number>, n: number): number {
  checkNotEmpty('scores', scores)
  checkFinite('scores', scores)
  checkList('golden', golden)
  checkSameLength({ scores, golden })
  checkFinite('golden', golden)
  checkInteger('n', n, 1)
  if (n <= scores.length) return expectedBest(scores, golden, n)
  const message = `n is ${n} and scores has ${scores.length} responses; expected n ≤ ${scores.length}`
  throw new EvalsError('OUT_OF_RANGE', 'n', message)
}

/** `bestOfNValue` of what was checked. */
function expectedBest(scores: ArrayLike<number>, golden: ArrayLike<number>, n: number): number {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  let value = 0
  let atMost = 1
  for (let start = 0; start < order.length && atMost > 0; ) {
    let end = start
    let sum = 0
    let below = atMost
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      // F(b − 1) = F(b) · (b − n) / b, where b responses are left; it reaches 0 at b = n.
      const left = order.length - end
      below *= Math.max(0, left - n) / left
      sum += golden[order[end]!]!
      end++
    }
    value += (atMost - below) * (sum / (end - start))
    atMost = below
    start = end
  }
  return value
}

/**
 * Upper bound of the divergence of best-of-n sampling from the model it samples: log n − (n − 1)/n nats.
 *
 * The exact value for a policy without repeated responses; for language models it bounds KL from above
 * (Beirami et al., 2401.01879).
 *
 * @param n real number ≥ 1
 * @throws EvalsError `OUT_OF_RANGE`
 */
export function bestOfNKlUpperBound(n: number): number {
  if (!(Number.isFinite(n) && n >= 1)) {
    throw new EvalsError(
      'OUT_OF_RANGE',
      'n',
      `n is ${formatValue(n)}; expected a finite number of at least 1`,
    )
  }
  return Math.log(n) - (n - 1) / n
}

const average = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / values.length

/**
 * Best-of-n curve of a reward model against golden scores.
 *
 * For each prompt, the expected golden score of the response the model ranks first among n drawn without
 * replacement ({@link bestOfNValue}); then the mean over prompts, its improvement over the base, and a bootstrap
 * interval over prompts. 2411.04991, section 5, with the closed form in place of its permutations.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, each naming the prompt;
 *   `INVALID_OPTION`
 */
export function bestOfN(input: BestOfNInput & Omit<BootstrapOptions, 'groups'>): BestOfNCurve {
  checkOptions('bestOfN', input, { scores: true, golden: true, n: true, ...resamplingNames })
  checkBestOfN('bestOfN', input)
  const { scores, golden, n, ...bootstrap } = input
  const prompts = scores.length
  const bases = Float64Array.from(golden, average)
  const base = average(bases)
  const points = n.map((size): BestOfNPoint => {
    const picked = Float64Array.from(golden, (g, prompt) => expectedBest(scores[prompt]!, g, size))
    const best = Float64Array.from(golden, (g) => expectedBest(g, g, size))
    const mean = average(picked)
    const gains = picked.map((value, prompt) => value - bases[prompt]!)
    return {
      n: size,
      mean,
      improvement: average(gains),
      interval: bootstrapInterval(gains, bootstrap),
      oracle: average(best),
      klUpperBound: bestOfNKlUpperBound(size),
    }
  })
  return { base, prompts, points }
}
