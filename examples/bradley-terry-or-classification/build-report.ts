import { type BestOfNCurve, bestOfNKlUpperBound, bootstrapInterval } from '@prefkit/evals'
import type { RewardReportData } from 'prefkit'
import type { Options } from './options.ts'
import type { Study } from './prepare-study.ts'
import { type Baselines, verdicts } from './print-tables.ts'
import { sizesOf, type TestResult } from './run-setting.ts'
import { type Cell, type Contrast, estimate, meanOfRows } from './summarise.ts'

/** What the report is made from. */
export interface ReportParts {
  readonly cells: readonly Cell[]
  readonly contrasts: readonly Contrast[]
  readonly baselines: Baselines
  readonly oracle: TestResult
  readonly study: Study
  readonly options: Options
  readonly config: Readonly<Record<string, unknown>>
  readonly backend: string
  readonly command: string
}

const pairingNames = { same: 'one prompt', cross: 'two prompts' } as const
const modelName = ({ objective, pairing }: Cell) => `${objective.toUpperCase()}-MLP, ${pairingNames[pairing]}`
const designName = ({ beta, annotations }: Cell) =>
  `${annotations.toLocaleString('en')} annotations at β = ${beta}`

function curveOf({ results }: Cell, oracle: TestResult, study: Study): BestOfNCurve {
  const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const picks = sizesOf(study).map((_, i) => meanOfRows(results.map(({ golden }) => golden[i]!)))
  const bases = picks[0]!
  const points = sizesOf(study).map((n, i) => {
    const gains = picks[i]!.map((value, prompt) => value - bases[prompt]!)
    return {
      n,
      mean: average(picks[i]!),
      improvement: average(gains),
      interval: bootstrapInterval(gains),
      oracle: average(oracle.golden[i]!),
      klUpperBound: bestOfNKlUpperBound(n),
    }
  })
  return { base: average(bases), prompts: bases.length, points }
}

const orderedPairs = ({ test, responses, golden }: Study): number =>
  test.reduce((sum, prompt) => {
    const own = [...golden.subarray(prompt * responses, (prompt + 1) * responses)]
    return sum + own.reduce((pairs, a, i) => pairs + own.slice(i + 1).filter((b) => b !== a).length, 0)
  }, 0)

/** The data of `report.html`. */
export function buildReport(parts: ReportParts): RewardReportData {
  const { cells, contrasts, baselines, oracle, study, options, config, backend, command } = parts
  const designs = [...new Map(cells.map((cell) => [designName(cell), cell])).values()]
  const pairs = orderedPairs(study)
  const wrong = (cell: Cell) =>
    cells
      .filter((one) => designName(one) === designName(cell) && one.objective === cell.objective)
      .map(
        ({ pairing, errorRate }) =>
          `${(100 * errorRate).toFixed(1)} % with pairs of ${pairingNames[pairing]}`,
      )
      .join(', ')
  return {
    title: 'Bradley–Terry or classification?',
    subtitle: `Reward models trained on simulated annotations of a golden reward, tested on ${study.test.length} prompts they never saw. ${verdicts(contrasts).join(' ')}`,
    annotators: 'the golden reward (its annotators are simulated)',
    datasets: designs.map((cell) => ({
      name: designName(cell),
      pairs: cell.annotations,
      groups: study.blocks.flat().length,
      groupName: 'prompts',
      split: `Annotators are simulated: right with probability σ(β |Δr|), wrong in ${wrong(cell)}. Means of ${options.replicates} repetitions.`,
    })),
    models: designs.flatMap((design) => [
      ...cells
        .filter((cell) => designName(cell) === designName(design))
        .map((cell) => ({
          name: modelName(cell),
          dataset: designName(cell),
          accuracy: cell.order.mean,
          interval: estimate(cell.results.map(({ order }) => order)),
          pairs,
          trainingSeconds: cell.seconds,
        })),
      {
        name: 'the longer one',
        kind: 'baseline' as const,
        dataset: designName(design),
        accuracy: baselines.length.order.mean,
        interval: baselines.length.order,
        pairs,
      },
    ]),
    bestOfN: cells.map((cell) => ({
      model: modelName(cell),
      dataset: designName(cell),
      curve: curveOf(cell, oracle, study),
    })),
    goldenName: 'golden score',
    environment: { facts: { backend, node: process.version, seed: options.seed }, commands: [command] },
    config,
  }
}
