import { checkOptions } from '../../check-input'
import { sampleDeviation } from '../../mean'
import type { Benchmark, BenchmarkOptions, BenchmarkReport, PairOutcome, PairTask } from '../shared/benchmark'
import { estimate, type Statistic } from '../shared/estimate'
import { benchmarkOptionNames, planSettings, type ResamplingSettings } from '../shared/options'
import { checkPairOutcomes, countVerdicts } from '../shared/outcomes'
import { placements } from '../shared/placement'
import { readRows } from '../shared/row-reader'
import {
  type GamedRow,
  type LengthControlledOptions,
  type LengthControlledWinRate,
  lengthControlledWinRate,
} from './length-controlled'

/** An instruction with the outputs of a baseline and of the model that is evaluated. */
export interface AlpacaEvalRow {
  readonly instruction: string
  /** The baseline's. */
  readonly output1: string
  /** The model's. */
  readonly output2: string
  /** AlpacaEval's instruction difficulty, which is not part of this package. */
  readonly instructionDifficulty?: number
  /** What an annotator said: 1 baseline to 2 model, 1.5 a draw (0 too); absent where nobody judged. */
  readonly preference?: number
}

/** Options of {@link alpacaEval}'s tasks. */
export interface AlpacaEvalOptions extends BenchmarkOptions, LengthControlledOptions {}

/** Win rates of the model over the baseline, in [0, 1]; `overall` is the length-controlled one where there is one. */
export interface AlpacaEvalReport extends BenchmarkReport {
  /** Mean preference for the model. */
  readonly winRate: Statistic
  /** Standard error of that mean; null for a single row. */
  readonly standardError: number | null
  /** Wins, and half of the draws, over all. */
  readonly discreteWinRate: number | null
  readonly wins: number
  readonly winsOfBaseline: number
  readonly draws: number
  /** Null where lengths or judged rows do not allow it. */
  readonly lengthControlled: LengthControlledWinRate | null
}

/** Python counts characters as code points, JavaScript as UTF-16 units. */
const lengthOf = (text: string) => [...text].length

function report(
  task: string,
  rows: readonly AlpacaEvalRow[],
  preferences: readonly (number | null)[],
  counts: BenchmarkReport['counts'],
  { glm, gamed }: LengthControlledOptions,
  settings: ResamplingSettings,
): AlpacaEvalReport {
  const judged = preferences.filter((preference) => preference !== null)
  const difficulties = new Map<number, number>()
  for (const { index, instructionDifficulty } of gamed ?? []) {
    if (!difficulties.has(index)) difficulties.set(index, instructionDifficulty)
  }
  const lengthControlled = lengthControlledWinRate(
    rows.map(({ output1, output2, instructionDifficulty }, i) => {
      const difficulty = instructionDifficulty ?? difficulties.get(i)
      return {
        preference: preferences[i]!,
        baselineLength: lengthOf(output1),
        length: lengthOf(output2),
        ...(difficulty === undefined ? {} : { instructionDifficulty: difficulty }),
      }
    }),
    { ...(glm ? { glm } : {}), ...(gamed ? { gamed } : {}) },
  )
  const none: Statistic = { value: null, interval: null }
  const strata = [judged.map((preference) => [preference])]
  const winRate = judged.length === 0 ? none : estimate(strata, ([means]) => means!, settings)[0]!
  const wins = judged.filter((preference) => preference > 0.5).length
  const draws = judged.filter((preference) => preference === 0.5).length
  return {
    benchmark: 'alpaca-eval',
    task,
    overall: lengthControlled ? { value: lengthControlled.winRate, interval: null } : winRate,
    winRate,
    standardError: judged.length < 2 ? null : sampleDeviation(judged) / Math.sqrt(judged.length),
    discreteWinRate: judged.length === 0 ? null : (wins + draws / 2) / judged.length,
    wins,
    winsOfBaseline: judged.length - wins - draws,
    draws,
    lengthControlled: lengthControlled ?? null,
    sections: [],
    subsets: [],
    counts,
    seed: settings.seed,
  }
}

/** P(the model's output is better): by probability where the judge has one, else by verdict. */
function preferenceOf(outcome: PairOutcome, modelIsA: boolean): number | null {
  if (outcome === null || outcome.verdict === 'abstained') return null
  const byVerdict = { a: 1, b: 0, tie: 0.5 }
  const p = outcome.winProbability ?? byVerdict[outcome.verdict]
  return modelIsA ? p : 1 - p
}

function optionsOf(owner: string, rows: readonly AlpacaEvalRow[], options: AlpacaEvalOptions) {
  checkOptions(owner, options, { ...benchmarkOptionNames, glm: true, gamed: true })
  const { glm, gamed, ...resampling } = options
  return {
    control: { ...(glm ? { glm } : {}), ...(gamed ? { gamed } : {}) },
    settings: planSettings(owner, rows, resampling),
  }
}

const pairs: PairTask<AlpacaEvalRow, AlpacaEvalReport> = {
  kind: 'pairs',
  plan: (rows, options: AlpacaEvalOptions = {}) => {
    const { control, settings } = optionsOf('alpacaEval.tasks.pairs.plan', rows, options)
    const places = placements(rows.length, 2, settings.seed)
    const items = rows.map(({ instruction, output1, output2 }, i) => {
      const [a, b] = places[i] === 0 ? [output2, output1] : [output1, output2]
      return { id: String(i), prompt: instruction, a, b }
    })
    return {
      items,
      score: (outcomes) => {
        checkPairOutcomes(items.length, outcomes)
        const preferences = outcomes.map((outcome, i) => preferenceOf(outcome, places[i] === 0))
        return report('pairs', rows, preferences, countVerdicts(rows.length, outcomes), control, settings)
      },
    }
  },
}

/**
 * Win rates out of recorded annotations, equal to AlpacaEval's `get_length_controlled_winrate`: its `preference` is 1 for
 * the baseline to 2 for the model. Rows without one do not count, but their instructions do in the length-controlled rate.
 *
 * @throws EvalsError `EMPTY` without rows, `INVALID_OPTION`, also where `glm` needs data that are not given
 */
export function alpacaEvalWinRates(
  rows: readonly AlpacaEvalRow[],
  options: AlpacaEvalOptions = {},
): AlpacaEvalReport {
  const { control, settings } = optionsOf('alpacaEvalWinRates', rows, options)
  const preferences = rows.map(({ preference }) => {
    if (preference === undefined) return null
    return preference === 0 ? 0.5 : preference - 1
  })
  const counts = {
    rows: rows.length,
    skipped: 0,
    ties: preferences.filter((preference) => preference === 0.5).length,
    abstained: 0,
    failed: preferences.filter((preference) => preference === null).length,
  }
  return report('annotations', rows, preferences, counts, control, settings)
}

/** Rows of AlpacaEval's `df_gamed.csv` as objects, checked. Throws EvalsError `INVALID_ROW`, `EMPTY`. */
export const readGamedRows = (values: readonly unknown[]): GamedRow[] =>
  readRows(values, (row) => ({
    index: row.number('index'),
    preference: row.number('preference'),
    lengthDifference: row.number('std_delta_len'),
    instructionDifficulty: row.number('instruction_difficulty'),
  }))

/**
 * AlpacaEval 2 (2404.04475): how often is the model's output better than a baseline's, had both the same length?
 *
 * `pairs`: each pair once, in an order drawn by `seed`; a win probability counts as such, a tie ½, and what was not judged
 * not at all. Annotations that are already there go to {@link alpacaEvalWinRates}. The leaderboard's model of length needs
 * the instruction difficulties and `df_gamed.csv`, which are AlpacaEval's own, CC BY-NC 4.0, and brought by the user.
 */
export const alpacaEval: Benchmark<
  AlpacaEvalRow,
  { readonly pairs: PairTask<AlpacaEvalRow, AlpacaEvalReport> }
> = {
  name: 'alpaca-eval',
  title: 'AlpacaEval',
  source: 'alpaca_eval 0.6.6',
  rows: (values) =>
    readRows(values, (row) => {
      const preference = row.has('preference') ? row.number('preference') : undefined
      if (preference !== undefined && preference !== 0 && !(preference >= 1 && preference <= 2)) {
        row.refuse('preference', `is ${preference}; expected 1 (baseline) to 2 (model), or 0 for a draw`)
      }
      return {
        instruction: row.text('instruction'),
        output1: row.text('output_1'),
        output2: row.text('output_2'),
        ...(preference === undefined ? {} : { preference }),
        ...(row.has('instruction_difficulty')
          ? { instructionDifficulty: row.number('instruction_difficulty') }
          : {}),
      }
    }),
  tasks: { pairs },
}
