import { checkOptions, checkRange, choose, type OptionNames } from '../check-options'
import type { PairJudgement, Reading } from '../judge'
import type { Usage } from '../usage'
import { type CombinedOrders, combineOrders, verdictOf } from './combine-orders'
import { weakestProvenance } from './weakest-provenance'

/** How readings become a verdict. */
export interface ConclusionOptions {
  /**
   * What orders with different verdicts mean: those that prefer different responses, and a tie beside a preference.
   * `mean`: the verdict follows the mean of both, as the win probability does; where they are equally sure, that is a
   * tie. `tie`: a tie with win probability ½, as MT-Bench counts it (2306.05685). `abstain`: no verdict; the win
   * probability stays the mean. Default: `mean`, which loses nothing of what was read, and `consistent` says the rest.
   */
  readonly inconsistent?: 'mean' | 'tie' | 'abstain'
  /** Win probabilities this close to ½ are ties, in [0, 0.5]. Default: 0. */
  readonly tieMargin?: number
}

/** The names of {@link ConclusionOptions}. */
export const conclusionNames: OptionNames<ConclusionOptions> = { inconsistent: true, tieMargin: true }

type Opinion = Pick<PairJudgement, 'verdict' | 'winProbability' | 'bounds' | 'reason'>
type Combined = CombinedOrders & { readonly winProbability: number }

const follow = ({ winProbability, bounds }: Combined, tieMargin: number): Opinion => ({
  verdict: verdictOf(winProbability, tieMargin),
  winProbability,
  ...(bounds ? { bounds } : {}),
})

const shown = (p: number | undefined) => p?.toFixed(3)

const contradiction = ({ byOrder }: CombinedOrders) =>
  `the orders have different verdicts: P(a) is ${shown(byOrder.a)} with a first, ${shown(byOrder.b)} with b first`

const rules: Record<'mean' | 'tie' | 'abstain', (combined: Combined, tieMargin: number) => Opinion> = {
  mean: follow,
  tie: () => ({ verdict: 'tie', winProbability: 0.5 }),
  abstain: (combined, tieMargin) => ({
    ...follow(combined, tieMargin),
    verdict: 'abstained',
    reason: contradiction(combined),
  }),
}

/** Throws `INVALID_OPTION` or `OUT_OF_RANGE` for what is no way to conclude. */
export function checkConclusion({ inconsistent = 'mean', tieMargin = 0 }: ConclusionOptions): void {
  choose('inconsistent', inconsistent, rules)
  checkRange('tieMargin', tieMargin, 0, 0.5)
}

const places = { a: ' with a first', b: ' with b first' } as const

/** Why there is no answer: the reasons of the readings, each once. */
function reasonOf(readings: readonly Reading[]): string {
  const reasons = readings
    .filter(({ winProbability }) => winProbability === undefined)
    .map(({ first, reason }) => `no answer${first ? places[first] : ''}: ${reason ?? 'no reason given'}`)
  return [...new Set(reasons)].join('; ')
}

/**
 * A judgement from readings of one pair: their orders combined, the rest as the options say. Where an order has no
 * answer, the judgement is `abstained` and says why.
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`.
 */
export function concludeReadings(
  readings: readonly Reading[],
  usage: Usage,
  options: ConclusionOptions = {},
): PairJudgement {
  checkOptions('concludeReadings', options, conclusionNames)
  checkConclusion(options)
  const { inconsistent = 'mean', tieMargin = 0 } = options
  const combined = combineOrders(readings, tieMargin)
  const { winProbability, consistent } = combined
  const rest = {
    provenance: weakestProvenance(readings.map(({ provenance }) => provenance)),
    readings,
    ...(consistent === undefined ? {} : { consistent }),
    usage,
  }
  if (winProbability === undefined) return { verdict: 'abstained', reason: reasonOf(readings), ...rest }
  const rule = consistent === false ? rules[inconsistent] : follow
  return { ...rule({ ...combined, winProbability }, tieMargin), ...rest }
}
