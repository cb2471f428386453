import type { CriterionScore, PairItem, ResponseItem, ScoreAnswer, ScoreFormat } from '@prefkit/rubrics'
import type { CallOptions, ChatModel } from '../chat-model'
import { checkArguments, checkItem, checkPair } from '../check-arguments'
import { checkFunction, checkOptions, checkRange, choose, type OptionNames } from '../check-options'
import type { PairJudgement, Reading, ScoreJudgement, ScoringJudge } from '../judge'
import { JudgeError } from '../judge-error'
import { mean } from '../mean'
import { runTogether } from '../run-together'
import { sumUsages } from '../usage'
import {
  askVotes,
  checkVoting,
  reasonOf,
  type Vote,
  type VotingOptions,
  valueOf,
  votingIdentity,
  votingNames,
} from './ask-votes'
import { verdictOf } from './combine-orders'
import { checkScoreTemperature, type ScoreComparisonOptions, winOfPairs, winOfScores } from './compare-scores'
import { definedOnly } from './defined-only'

/** How the scores of criteria become the score of a response. */
export interface ScoreAggregation {
  /** Names it in the judge's identity. */
  readonly name: string
  /** The score of an answer; throws or gives NaN for one that has not what it needs. */
  readonly score: (answer: ScoreAnswer) => number
}

/** Options of {@link pointwiseJudge}. */
export interface PointwiseJudgeOptions extends VotingOptions, ScoreComparisonOptions {
  /** Names the judge in reports. Default: the model's and the format's names. */
  readonly name?: string
  /** How an answer becomes a score, such as a weighted mean of its criteria. Default: its `score`. */
  readonly aggregation?: ScoreAggregation
  /**
   * What two responses are compared by. `means`: their mean scores. `pairs`: each vote on one against each vote on the
   * other, the share of which is the win probability. Default: `means`.
   */
  readonly compareBy?: 'means' | 'pairs'
  /** Win probabilities this close to ½ are ties, in [0, 0.5]. Default: 0. */
  readonly tieMargin?: number
}

const names: OptionNames<PointwiseJudgeOptions> = {
  ...votingNames,
  scoreTemperature: true,
  name: true,
  aggregation: true,
  compareBy: true,
  tieMargin: true,
}

/** Mean score of each criterion over the answers that have it, in order of first mention. */
function meanCriteria(answers: readonly ScoreAnswer[]): CriterionScore[] {
  const scores = new Map<string, number[]>()
  for (const { name, score } of answers.flatMap((answer) => answer.criteria ?? []))
    scores.set(name, [...(scores.get(name) ?? []), score])
  return [...scores].map(([name, values]) => ({ name, score: mean(values) }))
}

const overall: ScoreAggregation = { name: 'score', score: ({ score }) => score }

function aggregate({ name, score }: ScoreAggregation, answer: ScoreAnswer): number {
  const value = score(answer)
  if (Number.isFinite(value)) return value
  const message = `aggregation ${name} gave ${value} for ${JSON.stringify(answer)}; expected a finite number`
  throw new JudgeError('NOT_FINITE', 'aggregation', message)
}

/** The scores of the votes that could be read. */
const scoresOf = ({ readings }: ScoreJudgement): number[] => readings.flatMap(({ score }) => score ?? [])

function scoreVotes(votes: readonly Vote<ScoreAnswer>[], aggregation: ScoreAggregation): ScoreJudgement {
  const criteria = meanCriteria(votes.flatMap(({ parsed }) => valueOf(parsed) ?? []))
  const readings = votes.map(({ sample, text, parsed }): Reading => {
    const [answer, reason] = [valueOf(parsed), reasonOf(parsed)]
    return {
      ...(votes.length > 1 ? { sample } : {}),
      provenance: 'parsed',
      ...(answer ? { score: aggregate(aggregation, answer) } : {}),
      text,
      parse: parsed.status,
      ...(reason === undefined ? {} : { reason }),
    }
  })
  const usage = sumUsages(votes.map((vote) => vote.usage))
  const judgement: ScoreJudgement = { readings, provenance: 'parsed', usage }
  const scores = scoresOf(judgement)
  return {
    ...(scores.length > 0 ? { score: mean(scores) } : {}),
    ...(criteria.length > 0 ? { criteria } : {}),
    ...judgement,
  }
}

const without = (response: string, { readings }: ScoreJudgement): string => {
  const reasons = new Set(readings.map(({ reason }) => reason ?? 'no reason given'))
  return `no score of ${response}: ${[...reasons].join('; ')}`
}

type Compare = (a: readonly number[], b: readonly number[], scoreTemperature?: number) => number

const comparisons: Readonly<Record<'means' | 'pairs', Compare>> = {
  means: (a, b, scoreTemperature) => winOfScores(mean(a), mean(b), scoreTemperature),
  pairs: (a, b) => winOfPairs(a, b),
}

function check({ aggregation = overall, compareBy = 'means', ...options }: PointwiseJudgeOptions): void {
  checkVoting(options)
  checkFunction('aggregation.score', aggregation.score, 'a function from an answer to its score')
  choose('compareBy', compareBy, comparisons)
  checkScoreTemperature('scoreTemperature', options.scoreTemperature)
  checkRange('tieMargin', options.tieMargin ?? 0, 0, 0.5)
  if (compareBy === 'means' || options.scoreTemperature === undefined) return
  const message = `scoreTemperature is ${options.scoreTemperature} and compareBy is pairs; expected it with means only`
  throw new JudgeError('INVALID_OPTION', 'scoreTemperature', message)
}

/**
 * A judge that scores responses one at a time, `votes` times each, as PaTaRM's pointwise judges do (2510.24235), and
 * compares by their mean scores. Answers that cannot be read are no votes; a response without a score leaves a
 * comparison `abstained`.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`; `NOT_FINITE` (from `score` and `compare`) where the aggregation
 *   gives no number. They reject with what the model or the format throws, too.
 */
export function pointwiseJudge(
  model: ChatModel,
  format: ScoreFormat,
  options: PointwiseJudgeOptions = {},
): ScoringJudge {
  checkArguments({ model, format })
  checkOptions('pointwiseJudge', options, names)
  check(options)
  const { aggregation = overall, compareBy = 'means', scoreTemperature, tieMargin = 0 } = options
  async function score(item: ResponseItem, call?: CallOptions): Promise<ScoreJudgement> {
    checkItem('item', item, ['response'])
    return scoreVotes(await askVotes(model, format, item, options, call), aggregation)
  }
  async function compare(pair: PairItem, call?: CallOptions): Promise<PairJudgement> {
    checkPair(pair)
    const { a, b, ...item } = pair
    const scoring = [a, b].map((response) => (own: CallOptions) => score({ ...item, response }, own))
    const [ofA, ofB] = await runTogether(scoring, call)
    return compareScored(ofA!, ofB!, (x, y) => comparisons[compareBy](x, y, scoreTemperature), tieMargin)
  }
  return {
    name: options.name ?? `${model.name}, ${format.name}`,
    identity: {
      judge: 'pointwise',
      model: model.identity,
      format: format.name,
      ...votingIdentity(options),
      ...definedOnly({ aggregation: aggregation.name, compareBy, scoreTemperature, tieMargin }),
    },
    score,
    compare,
  }
}

function compareScored(a: ScoreJudgement, b: ScoreJudgement, win: Compare, tieMargin: number): PairJudgement {
  const rest = {
    provenance: 'parsed' as const,
    readings: [
      ...a.readings.map((reading) => ({ ...reading, response: 'a' as const })),
      ...b.readings.map((reading) => ({ ...reading, response: 'b' as const })),
    ],
    usage: sumUsages([a.usage, b.usage]),
  }
  const missing = Object.entries({ a, b }).filter(([, { score }]) => score === undefined)
  if (missing.length > 0) {
    const reason = missing.map(([response, judgement]) => without(response, judgement)).join('; ')
    return { verdict: 'abstained', reason, ...rest }
  }
  const winProbability = win(scoresOf(a), scoresOf(b))
  return { verdict: verdictOf(winProbability, tieMargin), winProbability, ...rest }
}
