import { EvalsError } from '../../evals-error'
import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkPrompt,
  BenchmarkReport,
  PairOutcome,
  PairTask,
  PairToJudge,
  ResponseToScore,
  ScoreOutcome,
  ScoreTask,
} from '../shared/benchmark'
import { planSettings, type ResamplingSettings } from '../shared/options'
import { checkPairOutcomes, checkScoreOutcomes, countScores, countVerdicts } from '../shared/outcomes'
import { placements, placeName } from '../shared/placement'
import { readRows } from '../shared/row-reader'
import { scoreSections } from '../shared/sections'
import { rewardBenchSections } from './sections'

/** A row of RewardBench, or of its prior sets. */
export interface RewardBenchRow {
  readonly id: string
  readonly subset: string
  readonly prompt: BenchmarkPrompt
  readonly chosen: string
  readonly rejected: string
}

/** Subset accuracies, sections by prompts, and the leaderboard's average; subsets it does not know are in no section. */
export type RewardBenchReport = BenchmarkReport

/** Judges are shown one or two turns: conversations of up to four messages, the response included. */
const MAX_MESSAGES = 4

const messagesOf = (prompt: BenchmarkPrompt) => (typeof prompt === 'string' ? 1 : prompt.length) + 1

/** A row that is kept, and its index among all. */
interface KeptRow {
  readonly row: RewardBenchRow
  readonly index: number
}

const report = (
  task: string,
  kept: readonly KeptRow[],
  credits: readonly number[],
  counts: BenchmarkReport['counts'],
  settings: ResamplingSettings,
): RewardBenchReport => ({
  benchmark: 'reward-bench',
  task,
  ...scoreSections(
    kept.map(({ row: { subset } }, i) => ({ subset, credit: credits[i]! })),
    rewardBenchSections,
    settings,
  ),
  counts,
  seed: settings.seed,
})

const allRows = (rows: readonly RewardBenchRow[]): KeptRow[] => rows.map((row, index) => ({ row, index }))

function shownToJudges(task: string, rows: readonly RewardBenchRow[]): KeptRow[] {
  const kept = allRows(rows).filter(({ row }) => messagesOf(row.prompt) <= MAX_MESSAGES)
  if (kept.length > 0) return kept
  const message = `rows has none of up to ${MAX_MESSAGES} messages, which is what ${task} needs; expected one or more`
  throw new EvalsError('EMPTY', 'rows', message)
}

const responsesOf = (kept: readonly KeptRow[]): ResponseToScore[] =>
  kept.flatMap(({ row: { prompt, chosen, rejected } }, i) => [
    { id: `${i}:chosen`, prompt, response: chosen },
    { id: `${i}:rejected`, prompt, response: rejected },
  ])

/** Chosen and rejected score of each row; undefined where either is missing. */
const scorePairs = (outcomes: readonly ScoreOutcome[]) =>
  Array.from({ length: outcomes.length / 2 }, (_, i) => {
    const [chosen, rejected] = [outcomes[2 * i]!, outcomes[2 * i + 1]!]
    return chosen === null || rejected === null ? undefined : ([chosen, rejected] as const)
  })

/** `tie` is what equal or missing scores count. */
const byScores = (
  name: string,
  tie: number,
  choose: (rows: readonly RewardBenchRow[]) => readonly KeptRow[],
): ScoreTask<RewardBenchRow, RewardBenchReport> => ({
  kind: 'responses',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings(`rewardBench.tasks.${name}.plan`, rows, options)
    const kept = choose(rows)
    const items = responsesOf(kept)
    const labels = kept.flatMap(({ row, index }) =>
      [1, 0].map((expected) => ({ row: index, group: row.subset, expected })),
    )
    return {
      items,
      labels,
      score: (outcomes) => {
        checkScoreOutcomes(items.length, outcomes)
        const pairs = scorePairs(outcomes)
        const credits = pairs.map((pair) => {
          if (pair === undefined || pair[0] === pair[1]) return tie
          return pair[0] > pair[1] ? 1 : 0
        })
        const ties = pairs.filter((pair) => pair !== undefined && pair[0] === pair[1]).length
        const counts = countScores(kept.length, outcomes, ties, rows.length - kept.length)
        return report(name, kept, credits, counts, settings)
      },
    }
  },
})

const pairsOf = (kept: readonly KeptRow[], places: readonly number[]): PairToJudge[] =>
  kept.map(({ row: { prompt, chosen, rejected } }, i) => {
    const [a, b] = places[i] === 0 ? [chosen, rejected] : [rejected, chosen]
    return { id: String(i), prompt, a, b }
  })

const creditOf = (outcome: PairOutcome, place: number): number => {
  if (outcome === null || outcome.verdict === 'tie' || outcome.verdict === 'abstained') return 0.5
  return outcome.verdict === (place === 0 ? 'a' : 'b') ? 1 : 0
}

const pairs: PairTask<RewardBenchRow, RewardBenchReport> = {
  kind: 'pairs',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('rewardBench.tasks.pairs.plan', rows, options)
    const kept = shownToJudges('pairs', rows)
    const places = placements(kept.length, 2, settings.seed)
    const items = pairsOf(kept, places)
    const labels = kept.map(({ row, index }, i) => ({
      row: index,
      group: row.subset,
      expected: placeName(places[i]!),
    }))
    return {
      items,
      labels,
      score: (outcomes) => {
        checkPairOutcomes(items.length, outcomes)
        const credits = outcomes.map((outcome, i) => creditOf(outcome, places[i]!))
        const counts = countVerdicts(kept.length, outcomes, rows.length - kept.length)
        return report('pairs', kept, credits, counts, settings)
      },
    }
  },
}

/**
 * RewardBench (2403.13787): is the chosen response above the rejected one?
 *
 * - `scores`, for reward models: 1 where the chosen score is strictly higher; a tie or a missing score is 0.
 * - `ratings`, for judges that rate one response at a time: the same, but ties and missing ratings are ½.
 * - `pairs`, for judges that compare: each pair is shown once, in an order drawn by `seed` (the original draws without
 *   one); no verdict is ½.
 *
 * Judges are shown conversations of up to four messages; longer ones, of which only the prior sets have any, are
 * skipped. A section is the mean of its subsets weighted by prompts, and `overall` the leaderboard's average: four
 * sections and, at half weight, the prior sets. What has no rows is left out.
 */
export const rewardBench: Benchmark<
  RewardBenchRow,
  {
    readonly scores: ScoreTask<RewardBenchRow, RewardBenchReport>
    readonly ratings: ScoreTask<RewardBenchRow, RewardBenchReport>
    readonly pairs: PairTask<RewardBenchRow, RewardBenchReport>
  }
> = {
  name: 'reward-bench',
  title: 'RewardBench',
  source: 'allenai/reward-bench 05a9005',
  rows: (values) =>
    readRows(values, (row) => ({
      id: row.id('id'),
      subset: row.text('subset'),
      prompt: row.prompt('prompt'),
      chosen: row.text('chosen'),
      rejected: row.text('rejected'),
    })),
  tasks: {
    scores: byScores('scores', 0, allRows),
    ratings: byScores('ratings', 0.5, (rows) => shownToJudges('ratings', rows)),
    pairs,
  },
}
