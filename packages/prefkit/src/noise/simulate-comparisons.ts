import type { TextOrChat } from '@prefkit/datasets'
import {
  type AnnotatorAssignment,
  annotationErrorRate,
  type Comparisons,
  comparisonsOf,
  observedErrorRate,
  type PairSequence,
  pairColumns,
  samePromptPairs,
} from '@prefkit/noise'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { readRows } from '../tables/read-rows'
import { type AnnotatorConfig, type AnnotatorModel, annotatorModel, checkCrowd } from './annotator-model'
import {
  assignmentOf,
  collectLabels,
  type LabelledPairs,
  labelPairs,
  type PairList,
  responsesOf,
} from './collect-labels'
import type { CalibrationName, DesignName } from './design-names'
import { crossesPrompts, designOf, goesByPrompt, type PairingDesign } from './designs'
import type { ColumnNames } from './row-fields'
import { type ScoreTable, scoreTable } from './score-table'

/** What is simulated. */
export interface SimulateConfig {
  /** Tables of scored responses: JSON Lines, CSV or TSV (each plain or gzip), or Parquet. */
  readonly files: readonly string[]
  /** Names of columns where they are other than usual. */
  readonly columns: ColumnNames
  /** How pairs are chosen; undefined takes those of the table where it has pairs, else one of each prompt in turn. */
  readonly design?: DesignName | undefined
  /** Pairs to label at most. Default: all that the table or the design has; one of each prompt for `same-prompt`. */
  readonly budget?: number | undefined
  /** What annotators are like. */
  readonly annotator: AnnotatorConfig
  /** Share of decided labels that shall be wrong, to be expected; β, or of perfect annotators the flips, is what gives it. */
  readonly errorRate?: number | undefined
  /**
   * Which pairs the error rate is of: those that are labelled, or random ones of one prompt. Default: those labelled;
   * random ones for a design that goes by labels, which has none before.
   */
  readonly calibrateOn?: CalibrationName | undefined
  /** How many annotators there are. */
  readonly annotators: number
  /** How many of them answer each pair. */
  readonly votes: number
  /** Pairs that a design which goes by labels asks for at a time. Default: a twentieth of the budget. */
  readonly batch?: number | undefined
  /** Makes pairs, annotators and labels repeat exactly. */
  readonly seed: number
}

/** What was simulated, and how noisy it came out. */
export interface Simulation {
  readonly table: ScoreTable
  readonly labelled: LabelledPairs
  readonly model: AnnotatorModel
  readonly summary: SimulationSummary
  /** True where pairs may be of two prompts. */
  readonly isCrossing: boolean
}

/** Counts and rates of a simulation. */
export interface SimulationSummary {
  readonly responses: number
  readonly prompts: number
  readonly pairs: number
  readonly labels: number
  readonly ties: number
  /** Share of decided labels that prefer the worse response; null where nothing is decided. */
  readonly errorRate: number | null
  /** The same as it is to be expected of this annotator on these pairs. */
  readonly expectedErrorRate: number | null
  /** Mean |Δr| of the pairs, in units of the scores. */
  readonly meanAbsoluteDifference: number
  /** The β or rate of flips that was calibrated, where an error rate was asked for. */
  readonly calibrated: AnnotatorModel['calibrated'] | null
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const invalid = (message: string): PrefkitError => new PrefkitError('INVALID_CONFIG', message)

/** Pairs to come: those of the table where there is no design. */
interface Plan {
  readonly design?: PairingDesign
  readonly budget: number
}

/** Without prompts all responses would be taken for those of one. */
function requirePrompts({ lacksPrompts }: ScoreTable, who: string | undefined): void {
  if (!lacksPrompts || who === undefined) return
  const message =
    `${who} pairs responses by their prompt, which the table has not: expected --columns prompt=<column>, ` +
    'or --design random'
  throw invalid(message)
}

function designFor(table: ScoreTable, config: SimulateConfig): Plan {
  const { design: name, seed } = config
  const prompts = new Set(table.promptKeys).size
  if (table.pairs && name === undefined) return { budget: config.budget ?? table.pairs.first.length }
  if (table.pairs)
    throw invalid('--design: the rows of the table are pairs already; expected none, or a table of responses')
  const used = name ?? 'same-prompt'
  requirePrompts(table, goesByPrompt(used) ? `the design ${used}` : undefined)
  const responses = {
    prompts: table.promptKeys,
    scores: table.scores,
    ...(table.features && { features: table.features }),
  }
  const unlimited = config.budget === undefined && used === 'same-prompt' ? prompts : config.budget
  const made = designOf(used, responses, { budget: unlimited ?? Number.POSITIVE_INFINITY, seed })
  if (made.kind === 'fixed') return { design: made, budget: made.pairs.length }
  if (config.budget === undefined) throw invalid(`--budget: expected one for the design ${used}`)
  return { design: made, budget: config.budget }
}

const firstOf = ({ first, second }: PairList, count: number): PairList => ({
  first: Array.from(first).slice(0, count),
  second: Array.from(second).slice(0, count),
})

/** Most pairs that an annotator is calibrated on where the design has not chosen its own yet. */
const mostCalibrated = 100_000

/** What is asked, of which pairs, by whom. */
interface Calibration {
  readonly pairs: PairList
  readonly assignment: AnnotatorAssignment
}

const randomPairs = (table: ScoreTable): PairSequence =>
  samePromptPairs({ prompts: table.promptKeys }, { balance: 'pairs', budget: mostCalibrated })

/** As many answers as will be given, or one for each pair where there are more of these, of pairs in turn. */
function spread(pairs: PairList, budget: number, config: SimulateConfig): Calibration {
  const count = pairs.first.length
  const { annotators, times } = assignmentOf(budget, config)
  const size = count === 0 ? 0 : Math.max(count, annotators.length)
  const every = (values: Int32Array) =>
    Int32Array.from({ length: size }, (_, i) => values[i % values.length]!)
  const comparisons = Int32Array.from({ length: size }, (_, i) => i % count)
  return { pairs, assignment: { comparisons, annotators: every(annotators), times: every(times) } }
}

/**
 * The answers that an error rate is of: exactly those that will be given, or such to random pairs of one prompt where that is
 * asked for, or where labels decide which pairs come.
 */
function calibrationOf(table: ScoreTable, config: SimulateConfig, { design, budget }: Plan): Calibration {
  const { calibrateOn } = config
  const isAdaptive = design?.kind === 'adaptive'
  if (isAdaptive && calibrateOn === 'design')
    throw invalid(
      `--calibrate-on design: the pairs of ${config.design} are not known before; expected same-prompt`,
    )
  if (isAdaptive || calibrateOn === 'same-prompt') {
    requirePrompts(table, '--calibrate-on same-prompt')
    return spread(pairColumns(randomPairs(table)), budget, config)
  }
  const pairs = design ? pairColumns(design.pairs) : firstOf(table.pairs!, budget)
  return { pairs, assignment: assignmentOf(pairs.first.length, config) }
}

/** What an error rate is computed of: `TOO_FEW` is where all answers are ties. */
function rateOf(compute: () => number): number | null {
  try {
    return compute()
  } catch (error) {
    if ((error as { code?: unknown }).code === 'TOO_FEW') return null
    throw error
  }
}

const meanSize = ({ deltas }: Comparisons): number =>
  Array.from(deltas).reduce((sum, delta) => sum + Math.abs(delta), 0) / deltas.length

function summaryOf(table: ScoreTable, labelled: LabelledPairs, model: AnnotatorModel): SimulationSummary {
  const { pairs, comparisons, annotators, times, labels } = labelled
  const asked = comparisonsOf(responsesOf(table), pairs, { comparisons, annotators, times })
  return {
    responses: table.scores.length,
    prompts: new Set(table.promptKeys).size,
    pairs: pairs.first.length,
    labels: labels.length,
    ties: labels.filter((label) => label === 0).length,
    errorRate: rateOf(() => observedErrorRate(labels, asked.deltas)),
    expectedErrorRate: rateOf(() => annotationErrorRate(asked, model.annotator)),
    meanAbsoluteDifference: meanSize(comparisonsOf(responsesOf(table), pairs)),
    calibrated: model.calibrated ?? null,
  }
}

/**
 * Labels that annotators of a model would give to pairs of scored responses.
 * @throws DatasetError for files that cannot be read, naming line and column; PrefkitError `INVALID_CONFIG`,
 *   `NO_COMPARISONS` where no two responses can be paired; NoiseError for options out of range.
 */
export async function simulateComparisons(
  config: SimulateConfig,
  work: WorkOptions = {},
): Promise<Simulation> {
  checkCrowd(config.annotator, config)
  if (config.calibrateOn !== undefined && config.errorRate === undefined)
    throw invalid('--calibrate-on: expected --error-rate with it, which is what is calibrated')
  const table = scoreTable(await readRows(config.files, work), config.columns)
  const plan = designFor(table, config)
  const { pairs, assignment } = calibrationOf(table, config, plan)
  if (pairs.first.length === 0) {
    const prompts = counted(new Set(table.promptKeys).size, 'prompt')
    const found = `${counted(table.scores.length, 'response')} to ${prompts}`
    throw new PrefkitError('NO_COMPARISONS', `${config.files.join(', ')}: expected pairs, found ${found}`)
  }
  const { design, budget } = plan
  const { annotators, votes, seed, batch = Math.max(1, Math.ceil(budget / 20)) } = config
  const calibration = comparisonsOf(responsesOf(table), pairs, assignment)
  const model = annotatorModel(config.annotator, calibration, config)
  const labelling = { ...work, annotator: model.annotator, annotators, votes, seed, batch }
  const labelled = design
    ? await collectLabels(table, design, budget, labelling)
    : labelPairs(table, firstOf(table.pairs!, budget), labelling)
  const isCrossing = config.design !== undefined && crossesPrompts(config.design)
  return { table, labelled, model, summary: summaryOf(table, labelled, model), isCrossing }
}

const winners: Readonly<Record<number, string>> = { 1: 'A', [-1]: 'B', 0: 'tie' }

const asChat = (text: TextOrChat, role: string) =>
  typeof text === 'string' ? (text === '' ? [] : [{ role, content: text }]) : text

/**
 * The comparisons as rows of the dialect `pairwise`, which `prefkit reward train` reads: `response_a` and `response_b` with
 * a `winner`, or with `votes` where there are several annotators. Responses to two prompts have their prompt with
 * them, as `conversation_a` and `conversation_b`.
 */
export function* comparisonRows({ table, labelled, isCrossing }: Simulation): Generator<object> {
  const { pairs, annotators, labels } = labelled
  const { prompts, responses, ids, scores } = table
  const each = labels.length / Math.max(1, pairs.first.length)
  const several = new Set(annotators).size > 1 || each > 1
  const conversation = (row: number) => [
    ...asChat(prompts[row]!, 'user'),
    ...asChat(responses[row]!, 'assistant'),
  ]
  for (let pair = 0; pair < pairs.first.length; pair++) {
    const [a, b] = [pairs.first[pair]!, pairs.second[pair]!]
    const own = Array.from({ length: each }, (_, k) => pair * each + k)
    const votes = own.map((k) => ({ annotator: `${annotators[k]}`, vote: winners[labels[k]!] }))
    yield {
      id: `${ids[a]}/${ids[b]}`,
      ...(isCrossing
        ? { conversation_a: conversation(a), conversation_b: conversation(b) }
        : { prompt: prompts[a], response_a: responses[a], response_b: responses[b] }),
      ...(several ? { votes } : { winner: winners[labels[pair]!] }),
      score_a: scores[a],
      score_b: scores[b],
    }
  }
}
