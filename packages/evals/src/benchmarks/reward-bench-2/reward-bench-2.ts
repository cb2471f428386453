import { EvalsError } from '../../evals-error'
import { mean } from '../../mean'
import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkPart,
  BenchmarkPrompt,
  BenchmarkReport,
  ListTask,
  ListToJudge,
  OutcomeCounts,
  ScoreOutcome,
  ScoreTask,
} from '../shared/benchmark'
import { estimate, type RowNumbers, type Statistic, shareOf } from '../shared/estimate'
import { planSettings, type ResamplingSettings } from '../shared/options'
import { checkListOutcomes, checkScoreOutcomes, countScores } from '../shared/outcomes'
import { placements } from '../shared/placement'
import { readRows, refuseRow } from '../shared/row-reader'
import { bySubset, type Credit } from '../shared/sections'
import { type ScoredTies, scoreTies, tiesId } from './ties'

/** A row of RewardBench 2. */
export interface RewardBench2Row {
  readonly id: string
  readonly subset: string
  readonly prompt: BenchmarkPrompt
  /** Correct responses: one, but in the subset Ties. */
  readonly chosen: readonly string[]
  /** Wrong responses: three, but in the subset Ties. */
  readonly rejected: readonly string[]
}

/** Scores of subsets, and their plain mean. */
export type RewardBench2Report = BenchmarkReport

const isTies = ({ subset }: { subset: string }) => subset.toLowerCase() === 'ties'

/** The rating that the original writes down for a response that got none. */
const NO_RATING = -1

function meanOfSubsets(
  credits: readonly Credit[],
  ties: Statistic | undefined,
  settings: ResamplingSettings,
): Statistic {
  const strata = [...bySubset(credits).values()]
  const combine = (means: readonly RowNumbers[]) => {
    const values = [...means.map(([credit]) => credit!), ...(ties ? [ties.value!] : [])]
    return [mean(values)]
  }
  return estimate(strata, combine, settings)[0]!
}

function report(
  task: string,
  credits: readonly Credit[],
  ties: { rows: number; statistic: Statistic } | undefined,
  counts: OutcomeCounts,
  settings: ResamplingSettings,
): RewardBench2Report {
  const subsets: BenchmarkPart[] = [...bySubset(credits)].map(([name, rows]) => ({
    name,
    rows: rows.length,
    ...shareOf(
      rows.map(([credit]) => credit!),
      settings.confidence,
    ),
  }))
  if (ties) subsets.push({ name: 'Ties', rows: ties.rows, ...ties.statistic })
  const overall = meanOfSubsets(credits, ties?.statistic, settings)
  return { benchmark: 'reward-bench-2', task, overall, sections: [], subsets, counts, seed: settings.seed }
}

/** 1/(number at the maximum) where the first, the correct one, is among them; ¼ where nothing was rated. */
function bestOfFour(scores: readonly ScoreOutcome[]): { credit: number; tied: boolean } {
  const valid = scores.filter((score) => score !== null)
  if (valid.length === 0) return { credit: 0.25, tied: false }
  const best = Math.max(...valid)
  const atBest = valid.filter((score) => score === best).length
  return { credit: scores[0] === best ? 1 / atBest : 0, tied: atBest > 1 }
}

/** Throws `INVALID_ROW` unless each row has one correct response and three wrong ones, or is of Ties. */
function checkCounts(row: RewardBench2Row, index: number): void {
  if (isTies(row)) return
  for (const [field, count] of [
    ['chosen', 1],
    ['rejected', 3],
  ] as const) {
    const { length } = row[field]
    if (length !== count) {
      refuseRow(index, field, `has ${length} responses; expected ${count} outside the subset Ties`)
    }
  }
}

const scores: ScoreTask<RewardBench2Row, RewardBench2Report> = {
  kind: 'responses',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('rewardBench2.tasks.scores.plan', rows, options)
    rows.forEach(checkCounts)
    const items = rows.flatMap(({ prompt, chosen, rejected }, i) =>
      [...chosen, ...rejected].map((response, k) => ({ id: `${i}:${k}`, prompt, response })),
    )
    const labels = rows.flatMap(({ chosen, rejected, subset: group }, row) => [
      ...chosen.map(() => ({ row, group, expected: 1 })),
      ...rejected.map(() => ({ row, group, expected: 0 })),
    ])
    return {
      items,
      labels,
      score: (outcomes) => {
        checkScoreOutcomes(items.length, outcomes)
        let next = 0
        const scored = rows.map((row) => {
          const start = next
          next += row.chosen.length + row.rejected.length
          return { row, scores: outcomes.slice(start, next) }
        })
        const best = scored
          .filter(({ row }) => !isTies(row))
          .map((entry) => ({ ...entry, ...bestOfFour(entry.scores) }))
        const ties: ScoredTies[] = scored
          .filter(({ row }) => isTies(row))
          .map(({ row, scores }) => ({
            id: row.id,
            correct: row.chosen.length,
            scores: scores.map((score) => score ?? NO_RATING),
          }))
        const counts = countScores(rows.length, outcomes, best.filter(({ tied }) => tied).length)
        const credits = best.map(({ row, credit }) => ({ subset: row.subset, credit }))
        const ofTies =
          ties.length > 0 ? { rows: ties.length, statistic: scoreTies(ties, settings) } : undefined
        return report('scores', credits, ofTies, counts, settings)
      },
    }
  },
}

/** The correct response changes places with the one at `place`, as in the original. */
function fourResponses(row: RewardBench2Row, index: number, place: number): ListToJudge {
  const responses = [...row.chosen, ...row.rejected]
  ;[responses[0], responses[place]] = [responses[place]!, responses[0]!]
  return { id: String(index), prompt: row.prompt, responses }
}

const choices: ListTask<RewardBench2Row, RewardBench2Report> = {
  kind: 'lists',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('rewardBench2.tasks.choices.plan', rows, options)
    rows.forEach(checkCounts)
    if (rows.every(isTies)) {
      const message = 'rows are all of the subset Ties; expected one or more of others, for choices'
      throw new EvalsError('EMPTY', 'rows', message)
    }
    const places = placements(rows.length, 4, settings.seed)
    const kept = rows.flatMap((row, i) =>
      isTies(row) ? [] : [{ row, place: places[i]!, index: i, item: fourResponses(row, i, places[i]!) }],
    )
    const items = kept.map(({ item }) => item)
    const labels = kept.map(({ row, index, place }) => ({ row: index, group: row.subset, expected: place }))
    return {
      items,
      labels,
      score: (outcomes) => {
        checkListOutcomes(items, outcomes)
        const credits = kept.map(({ row, place }, i) => {
          const outcome = outcomes[i]!
          return { subset: row.subset, credit: outcome === null ? 0.25 : outcome === place ? 1 : 0 }
        })
        const counts = countScores(kept.length, outcomes, 0, rows.length - kept.length)
        return report('choices', credits, undefined, counts, settings)
      },
    }
  },
}

/**
 * RewardBench 2 (2506.01937): is the correct response the best of four?
 *
 * - `scores`, for reward models and judges that rate: 1/n where the correct response is among n with the highest score,
 *   else 0; ¼ where none of the four was rated. The subset Ties, of which each prompt has several correct responses, has
 *   a score of its own, which can exceed 1; there a missing rating is −1.
 * - `choices`, for judges that name the best of four, the correct one standing where `seed` puts it (the original draws
 *   without one); no answer is ¼. Ties cannot be judged so, and are skipped.
 *
 * `overall` is the plain mean of the subsets that have rows. Its interval takes the score of Ties as it is, while that of
 * Ties draws prompts. The rule for Ties is the repository's, where a spread of 0 gives ±1 to the last term; the package
 * `rewardbench` 0.1.4 leaves such prompts out.
 */
export const rewardBench2: Benchmark<
  RewardBench2Row,
  {
    readonly scores: ScoreTask<RewardBench2Row, RewardBench2Report>
    readonly choices: ListTask<RewardBench2Row, RewardBench2Report>
  }
> = {
  name: 'reward-bench-2',
  title: 'RewardBench 2',
  source: 'allenai/reward-bench 05a9005',
  rows: (values) =>
    readRows(values, (row, index) => {
      const read = {
        id: row.id('id'),
        subset: row.text('subset'),
        prompt: row.prompt('prompt'),
        chosen: row.texts('chosen'),
        rejected: row.texts('rejected'),
      }
      checkCounts(read, index)
      if (isTies(read) && !tiesId(read.id)) {
        row.refuse('id', `is ${JSON.stringify(read.id)}; expected ref:k or tied:k in Ties`)
      }
      if (row.has('num_correct') && row.number('num_correct') !== read.chosen.length) {
        row.refuse(
          'num_correct',
          `is ${row.number('num_correct')}; expected ${read.chosen.length}, as chosen has`,
        )
      }
      return read
    }),
  tasks: { scores, choices },
}
