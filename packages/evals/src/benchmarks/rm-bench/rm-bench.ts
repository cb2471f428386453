import { mean } from '../../mean'
import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkPart,
  BenchmarkPrompt,
  BenchmarkReport,
  OutcomeCounts,
  PairTask,
  ScoreTask,
} from '../shared/benchmark'
import { byName } from '../shared/by-name'
import { estimate, type RowNumbers, type Statistic } from '../shared/estimate'
import { planSettings, type ResamplingSettings } from '../shared/options'
import { checkPairOutcomes, checkScoreOutcomes, countScores, countVerdicts } from '../shared/outcomes'
import { placements, placeName } from '../shared/placement'
import { readRows } from '../shared/row-reader'

/** A row of RM-Bench; responses by style: concise, detailed as plain text, detailed in Markdown. */
export interface RmBenchRow {
  readonly id: string
  /** `chat`, `code`, `math`, or either kind of `safety`. */
  readonly domain: string
  readonly prompt: BenchmarkPrompt
  readonly chosen: readonly string[]
  readonly rejected: readonly string[]
}

/** Accuracy by how much style stands against the right answer, and by domain. */
export interface RmBenchReport extends BenchmarkReport {
  /** The chosen response in the plainer style. Mean over domains. */
  readonly hard: Statistic
  /** Both in the same style. Mean over domains. */
  readonly normal: Statistic
  /** The chosen response in the fancier style. Mean over domains. */
  readonly easy: Statistic
  /** By domain: the share of rows whose chosen response of style i is above the rejected one of style j, at [i][j]. */
  readonly matrices: Readonly<Record<string, readonly (readonly number[])[]>>
}

const STYLES = 3
const DOMAINS = ['chat', 'math', 'code', 'safety'] as const
const LEVELS = ['hard', 'normal', 'easy'] as const

const domainOf = (domain: string) => DOMAINS.find((known) => domain.startsWith(known))

/** Wins of chosen style i over rejected style j of a row, at 3 i + j; 1 or 0. */
type Wins = readonly number[]

/** Cells above the diagonal, on it and below it. */
const levelsOf = (matrix: RowNumbers) => {
  const where = (test: (i: number, j: number) => boolean) =>
    mean(matrix.filter((_, cell) => test(Math.floor(cell / STYLES), cell % STYLES)))
  return [where((i, j) => i < j), where((i, j) => i === j), where((i, j) => i > j)] as const
}

function report(
  task: string,
  rows: readonly RmBenchRow[],
  wins: readonly Wins[],
  counts: OutcomeCounts,
  settings: ResamplingSettings,
): RmBenchReport {
  const domains = DOMAINS.map((name) => ({
    name,
    wins: wins.filter((_, i) => domainOf(rows[i]!.domain) === name),
  })).filter((domain) => domain.wins.length > 0)
  const combine = (matrices: readonly RowNumbers[]) => {
    const levels = matrices.map(levelsOf)
    const averages = levels.map((of) => mean(of))
    return [
      mean(averages),
      ...LEVELS.map((_, k) => mean(levels.map((of) => of[k]!))),
      ...averages,
      ...levels.flat(),
    ]
  }
  const strata = domains.map((domain) => domain.wins)
  const [overall, ...all] = estimate(strata, combine, settings)
  const rest = all.slice(LEVELS.length)
  const sections: BenchmarkPart[] = domains.map(({ name, wins: { length } }, d) => ({
    name,
    rows: length,
    ...rest[d]!,
  }))
  const subsets = domains.flatMap(({ name, wins: { length } }, d) =>
    LEVELS.map((level, k) => ({
      name: `${name} ${level}`,
      rows: length,
      ...rest[domains.length + LEVELS.length * d + k]!,
    })),
  )
  const matrices = Object.fromEntries(
    domains.map((domain) => [
      domain.name,
      Array.from({ length: STYLES }, (_, i) =>
        Array.from({ length: STYLES }, (_, j) => mean(domain.wins.map((row) => row[STYLES * i + j]!))),
      ),
    ]),
  )
  return {
    benchmark: 'rm-bench',
    task,
    overall: overall!,
    ...byName(LEVELS, all),
    sections,
    subsets,
    matrices,
    counts,
    seed: settings.seed,
  }
}

const scores: ScoreTask<RmBenchRow, RmBenchReport> = {
  kind: 'responses',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('rmBench.tasks.scores.plan', rows, options)
    const items = rows.flatMap(({ prompt, chosen, rejected }, i) => [
      ...chosen.map((response, k) => ({ id: `${i}:chosen:${k}`, prompt, response })),
      ...rejected.map((response, k) => ({ id: `${i}:rejected:${k}`, prompt, response })),
    ])
    const labels = rows.flatMap(({ domain: group }, row) =>
      Array.from({ length: 2 * STYLES }, (_, k) => ({ row, group, expected: Number(k < STYLES) })),
    )
    return {
      items,
      labels,
      score: (outcomes) => {
        checkScoreOutcomes(items.length, outcomes)
        let ties = 0
        const wins = rows.map((_, row) =>
          Array.from({ length: STYLES * STYLES }, (_, cell) => {
            const first = 2 * STYLES * row
            const chosen = outcomes[first + Math.floor(cell / STYLES)]!
            const rejected = outcomes[first + STYLES + (cell % STYLES)]!
            if (chosen === null || rejected === null) return 0
            if (chosen === rejected) ties++
            return chosen > rejected ? 1 : 0
          }),
        )
        return report('scores', rows, wins, countScores(rows.length, outcomes, ties), settings)
      },
    }
  },
}

const pairs: PairTask<RmBenchRow, RmBenchReport> = {
  kind: 'pairs',
  plan: (rows, options: BenchmarkOptions = {}) => {
    const settings = planSettings('rmBench.tasks.pairs.plan', rows, options)
    const cells = STYLES * STYLES
    const places = placements(cells * rows.length, 2, settings.seed)
    const items = places.map((place, at) => {
      const [row, cell] = [Math.floor(at / cells), at % cells]
      const { prompt, chosen, rejected } = rows[row]!
      const [right, wrong] = [chosen[Math.floor(cell / STYLES)]!, rejected[cell % STYLES]!]
      const [a, b] = place === 0 ? [right, wrong] : [wrong, right]
      return { id: `${row}:${Math.floor(cell / STYLES)}:${cell % STYLES}`, prompt, a, b }
    })
    const labels = places.map((place, at) => {
      const row = Math.floor(at / cells)
      return { row, group: rows[row]!.domain, expected: placeName(place) }
    })
    return {
      items,
      labels,
      score: (outcomes) => {
        checkPairOutcomes(items.length, outcomes)
        const won = outcomes.map((outcome, at) =>
          outcome?.verdict === (places[at] === 0 ? 'a' : 'b') ? 1 : 0,
        )
        const wins = rows.map((_, row) => won.slice(cells * row, cells * (row + 1)))
        return report('pairs', rows, wins, countVerdicts(rows.length, outcomes), settings)
      },
    }
  },
}

/**
 * RM-Bench (2410.16184): does the right answer stay above the wrong one whatever style both are in?
 *
 * Each row has three chosen and three rejected responses, one a style. Hard is the mean over cells with the plainer
 * style chosen, normal the diagonal, easy the other cells; a domain is the mean of the three, `overall` the mean of the
 * domains that have rows. Both kinds of safety are one domain, all rows counting alike.
 *
 * - `scores`, for reward models: six responses a row; only a strictly higher score wins, and a missing one loses.
 * - `pairs`, for judges: nine pairs a row, each shown once in an order drawn by `seed`; only a verdict for the chosen
 *   response wins. The authors have no code for judges; this is their rule for scores.
 */
export const rmBench: Benchmark<
  RmBenchRow,
  {
    readonly scores: ScoreTask<RmBenchRow, RmBenchReport>
    readonly pairs: PairTask<RmBenchRow, RmBenchReport>
  }
> = {
  name: 'rm-bench',
  title: 'RM-Bench',
  source: 'THU-KEG/RM-Bench 73c52d7',
  rows: (values) =>
    readRows(values, (row) => {
      const domain = row.text('domain')
      if (!domainOf(domain)) {
        row.refuse(
          'domain',
          `is ${JSON.stringify(domain)}; expected one that starts with ${DOMAINS.join(', ')}`,
        )
      }
      return {
        id: row.id('id'),
        domain,
        prompt: row.prompt('prompt'),
        chosen: row.texts('chosen', STYLES),
        rejected: row.texts('rejected', STYLES),
      }
    }),
  tasks: { scores, pairs },
}
