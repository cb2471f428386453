import type { ListItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkItem, checkTexts } from '../check-arguments'
import { checkInteger, checkOptions, choose, type OptionNames } from '../check-options'
import type { Judge, PairJudgement, ScoringJudge } from '../judge'
import { JudgeError } from '../judge-error'
import { mean } from '../mean'
import { runTogether } from '../run-together'
import type { Usage } from '../usage'
import { sumUsages } from '../usage'
import type { RankingJudge } from './listwise-judge'

/** How responses are put in order. */
export type RankingMethod = 'list' | 'scores' | 'round-robin' | 'knockout'

/** Options of {@link rankResponses}. */
export interface RankResponsesOptions extends CallOptions {
  /**
   * `list`: all at once, by a judge with `rank`. `scores`: one at a time, by one with `score`. `round-robin`: each
   * pair once, by mean win probability. `knockout`: winners of pairs go on until `finalists` are left, who meet in a
   * round robin: far fewer pairs, and only the best are well ordered. Default: the first that the judge can do; of the
   * last two the round robin up to `finalists` responses.
   */
  readonly method?: RankingMethod
  /** Most responses for a round robin, at least 2. Default: 8, which is 28 pairs. */
  readonly finalists?: number
}

/** Responses in order, best first. */
export interface ResponseRanking {
  /** Indices of the responses, best first; equal ones by index. */
  readonly ranking: readonly number[]
  /** Indices of responses that nothing is known about: without a score, or in no pair that was decided. */
  readonly unranked: readonly number[]
  /**
   * What the order goes by, for each response: its score, its mean win probability against the others of the round
   * robin, or minus its mean rank; null where it has none, as those that a knock-out put out before.
   */
  readonly scores: readonly (number | null)[]
  readonly method: RankingMethod
  /** Pairs compared; 0 by `list` and `scores`. */
  readonly pairs: number
  /** Pairs in which the judge abstained: they count for nobody, and in a knock-out the earlier response goes on. */
  readonly abstained: number
  readonly usage: Usage
}

const names: OptionNames<RankResponsesOptions> = { method: true, finalists: true, signal: true }

interface Contest {
  readonly judge: Judge
  readonly list: ListItem
  readonly finalists: number
  readonly call: CallOptions
}

const canRank = (judge: Judge): judge is RankingJudge => 'rank' in judge
const canScore = (judge: Judge): judge is ScoringJudge => 'score' in judge

function cannot(judge: Judge, method: RankingMethod, ability: string): JudgeError {
  const message = `method is ${method} and the judge ${judge.name} has no ${ability}; expected one that has`
  return new JudgeError('INVALID_OPTION', 'method', message)
}

/** Indices with a score from the highest, then those without. */
function byScore(scores: readonly (number | null)[]) {
  const indices = scores.map((_, i) => i)
  const ranking = indices.filter((i) => scores[i] !== null).sort((i, j) => scores[j]! - scores[i]!)
  return { ranking, unranked: indices.filter((i) => scores[i] === null), scores }
}

async function rankAsList({ judge, list, call }: Contest): Promise<ResponseRanking> {
  if (!canRank(judge)) throw cannot(judge, 'list', 'rank')
  const { meanRanks, usage } = await judge.rank(list, call)
  const scores = list.responses.map((_, i) => (meanRanks ? 0 - meanRanks[i]! : null))
  return { ...byScore(scores), method: 'list', pairs: 0, abstained: 0, usage }
}

async function rankByScores({ judge, list, call }: Contest): Promise<ResponseRanking> {
  if (!canScore(judge)) throw cannot(judge, 'scores', 'score')
  const { responses, ...item } = list
  const scoring = responses.map((response) => (own: CallOptions) => judge.score({ ...item, response }, own))
  const judged = await runTogether(scoring, call)
  const usage = sumUsages(judged.map((judgement) => judgement.usage))
  const scores = judged.map(({ score }) => score ?? null)
  return { ...byScore(scores), method: 'scores', pairs: 0, abstained: 0, usage }
}

interface Match {
  readonly a: number
  readonly b: number
  readonly judgement: PairJudgement
}

async function play({ judge, list, call }: Contest, pairs: readonly (readonly [number, number])[]) {
  const { responses, ...item } = list
  const matches = pairs.map(([a, b]) => async (own: CallOptions): Promise<Match> => {
    const pair = { ...item, a: responses[a]!, b: responses[b]! }
    return { a, b, judgement: await judge.compare(pair, own) }
  })
  return runTogether(matches, call)
}

const isAbstained = ({ judgement }: Match): boolean => judgement.verdict === 'abstained'

/** Mean win probability of each player over its decided matches; null without any. */
function winRates(matches: readonly Match[], count: number): (number | null)[] {
  const won: number[][] = Array.from({ length: count }, () => [])
  for (const { a, b, judgement } of matches.filter((match) => !isAbstained(match))) {
    won[a]!.push(judgement.winProbability!)
    won[b]!.push(1 - judgement.winProbability!)
  }
  return won.map((wins) => (wins.length === 0 ? null : mean(wins)))
}

const allPairs = (players: readonly number[]): [number, number][] =>
  players.flatMap((a, i) => players.slice(i + 1).map((b): [number, number] => [a, b]))

function tally(matches: readonly Match[]) {
  return {
    pairs: matches.length,
    abstained: matches.filter(isAbstained).length,
    usage: sumUsages(matches.map(({ judgement }) => judgement.usage)),
  }
}

async function roundRobin(contest: Contest): Promise<ResponseRanking> {
  const players = contest.list.responses.map((_, i) => i)
  const matches = await play(contest, allPairs(players))
  return { ...byScore(winRates(matches, players.length)), method: 'round-robin', ...tally(matches) }
}

/** Winners go on, and so does who has no opponent; a tie or no verdict lets the earlier response go on. */
async function knockout(contest: Contest): Promise<ResponseRanking> {
  const count = contest.list.responses.length
  const matches: Match[] = []
  let players = contest.list.responses.map((_, i) => i)
  let out: number[] = []
  while (players.length > contest.finalists) {
    const pairs = players.flatMap((a, i): [number, number][] =>
      i % 2 === 0 && i + 1 < players.length ? [[a, players[i + 1]!]] : [],
    )
    const round = await play(contest, pairs)
    const losers = round.map(({ a, b, judgement }) => (judgement.verdict === 'b' ? a : b))
    matches.push(...round)
    players = players.filter((player) => !losers.includes(player))
    // Who was put out later came further.
    out = [...losers.sort((i, j) => i - j), ...out]
  }
  const final = await play(contest, allPairs(players))
  const { ranking, unranked, scores } = byScore(winRates(final, count))
  return {
    ranking: [...ranking, ...out],
    unranked: unranked.filter((player) => players.includes(player)),
    scores,
    method: 'knockout',
    ...tally([...matches, ...final]),
  }
}

const methods: Readonly<Record<RankingMethod, (contest: Contest) => Promise<ResponseRanking>>> = {
  list: rankAsList,
  scores: rankByScores,
  'round-robin': roundRobin,
  knockout,
}

function methodFor(judge: Judge, count: number, finalists: number): RankingMethod {
  if (canRank(judge)) return 'list'
  if (canScore(judge)) return 'scores'
  return count <= finalists ? 'round-robin' : 'knockout'
}

/**
 * Puts responses to one prompt in order, best first: best-of-n by any judge. A single response is scored where the method
 * is `scores`, and otherwise ranked without asking, with a score of null.
 *
 * @throws JudgeError `EMPTY` for no responses, `INVALID_OPTION`, `OUT_OF_RANGE`. Rejects with what the judge rejects
 *   with.
 */
export async function rankResponses(
  judge: Judge,
  list: ListItem,
  options: RankResponsesOptions = {},
): Promise<ResponseRanking> {
  checkItem('list', list, [])
  checkTexts('responses', list.responses)
  checkOptions('rankResponses', options, names)
  const { finalists = 8, signal } = options
  checkInteger('finalists', finalists, 2)
  const count = list.responses.length
  if (count === 0) throw new JudgeError('EMPTY', 'responses', 'responses is empty; expected one or more')
  const method = options.method ?? methodFor(judge, count, finalists)
  const rank = choose('method', method, methods)
  if (count === 1 && method !== 'scores')
    return { ranking: [0], unranked: [], scores: [null], method, ...tally([]) }
  return rank({ judge, list, finalists, call: signal ? { signal } : {} })
}
