import { bootstrapRatio } from '../../bootstrap-interval'
import { checkOptions, formatValue } from '../../check-input'
import { EvalsError } from '../../evals-error'
import { groupBy } from '../../group-by'
import type {
  Benchmark,
  BenchmarkOptions,
  BenchmarkPart,
  BenchmarkPlan,
  BenchmarkReport,
} from '../shared/benchmark'
import { type Statistic, shareOf } from '../shared/estimate'
import { benchmarkOptionNames, planSettings, type ResamplingSettings } from '../shared/options'
import { type RowReader, readRows } from '../shared/row-reader'
import { buildCheck, type InstructionRow, type InstructionVerdict, verdictOf } from './check-instruction'
import type { DetectLanguage } from './detect-language'

/** A prompt of IFEval. */
export interface IfEvalRow {
  readonly key: string
  readonly prompt: string
  /** What the prompt asks for, one or more. */
  readonly instructions: readonly InstructionRow[]
}

/** A prompt to answer. */
export interface PromptToAnswer {
  /** The row's key. */
  readonly id: string
  readonly prompt: string
}

/** Options of IFEval. */
export interface IfEvalOptions extends BenchmarkOptions {
  /** Names the language of a text; needed where a row asks for one. Default: none. */
  detectLanguage?: DetectLanguage
}

/** Strict and loose accuracy. */
export interface StrictAndLoose {
  readonly strict: Statistic
  readonly loose: Statistic
}

/** Accuracies of a kind of instruction. */
export interface InstructionPart extends StrictAndLoose {
  /** A family, such as `keywords`, or a type, such as `keywords:existence`. */
  readonly name: string
  /** How many instructions. */
  readonly rows: number
}

/** What IFEval reports; `overall` is the strict accuracy of prompts, `sections` and `subsets` are strict too. */
export interface IfEvalReport extends BenchmarkReport {
  /** Share of prompts of which every instruction is followed. */
  readonly promptLevel: StrictAndLoose
  /** Share of instructions that are followed; intervals draw prompts. */
  readonly instructionLevel: StrictAndLoose
  /** By family, in alphabetical order. */
  readonly families: readonly InstructionPart[]
  /** By instruction type, in alphabetical order. */
  readonly types: readonly InstructionPart[]
  /** Of each row, each instruction's verdict. */
  readonly verdicts: readonly (readonly InstructionVerdict[])[]
}

/**
 * How a policy's responses are checked. An outcome is a response, null where there is none, which follows
 * nothing.
 */
export interface IfEvalTask {
  readonly kind: 'prompts'
  /** Throws EvalsError `EMPTY`, `INVALID_OPTION`; scoring throws `INVALID_OUTCOME`. */
  readonly plan: (
    rows: readonly IfEvalRow[],
    options?: IfEvalOptions,
  ) => BenchmarkPlan<PromptToAnswer, string | null, IfEvalReport>
}

/** A verdict, with the row that it belongs to. */
interface Placed {
  readonly row: number
  readonly type: string
  readonly verdict: InstructionVerdict
}

type Level = keyof InstructionVerdict

/** A share of instructions, which of one prompt are not independent: prompts are drawn. */
function instructionShare(placed: readonly Placed[], level: Level, settings: ResamplingSettings): Statistic {
  const rows = [...groupBy(placed.map(({ row }) => row)).values()]
  const totals = rows.map((of) => of.filter((at) => placed[at]!.verdict[level]).length)
  const counts = rows.map((of) => of.length)
  const value = totals.reduce((sum, total) => sum + total, 0) / placed.length
  return { value, interval: rows.length < 2 ? null : bootstrapRatio(totals, counts, settings) }
}

const bothLevels = (make: (level: Level) => Statistic): StrictAndLoose => ({
  strict: make('strict'),
  loose: make('loose'),
})

function parts(
  placed: readonly Placed[],
  nameOf: (type: string) => string,
  settings: ResamplingSettings,
): InstructionPart[] {
  const groups = [...groupBy(placed.map(({ type }) => nameOf(type)))]
  return groups
    .map(([name, at]) => {
      const of = at.map((i) => placed[i]!)
      const share = bothLevels((level) => instructionShare(of, level, settings))
      return { name: String(name), rows: of.length, ...share }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const strictPart = ({ name, rows, strict }: InstructionPart): BenchmarkPart => ({ name, rows, ...strict })

function report(
  rows: readonly IfEvalRow[],
  verdicts: readonly (readonly InstructionVerdict[])[],
  failed: number,
  settings: ResamplingSettings,
): IfEvalReport {
  const placed = rows.flatMap(({ instructions }, row) =>
    instructions.map(({ id: type }, i): Placed => ({ row, type, verdict: verdicts[row]![i]! })),
  )
  const promptLevel = bothLevels((level) => {
    const followed = verdicts.map((of) => Number(of.every((verdict) => verdict[level])))
    return shareOf(followed, settings.confidence)
  })
  const families = parts(placed, (type) => type.split(':')[0]!, settings)
  const types = parts(placed, (type) => type, settings)
  return {
    benchmark: 'ifeval',
    task: 'responses',
    overall: promptLevel.strict,
    promptLevel,
    instructionLevel: bothLevels((level) => instructionShare(placed, level, settings)),
    families,
    types,
    sections: families.map(strictPart),
    subsets: types.map(strictPart),
    counts: { rows: rows.length, skipped: 0, ties: 0, abstained: 0, failed },
    verdicts,
    seed: settings.seed,
  }
}

function checkResponses(rows: number, responses: readonly (string | null)[]): void {
  if (responses.length !== rows) {
    const message = `outcomes has ${responses.length} values for ${rows} items; expected one each`
    throw new EvalsError('INVALID_OUTCOME', 'outcomes', message)
  }
  const index = responses.findIndex((response) => response !== null && typeof response !== 'string')
  if (index === -1) return
  const message = `outcomes[${index}] is ${formatValue(responses[index])}; expected a response, or null`
  throw new EvalsError('INVALID_OUTCOME', `outcomes[${index}]`, message)
}

const neither: InstructionVerdict = { strict: false, loose: false }

const responses: IfEvalTask = {
  kind: 'prompts',
  plan: (rows, options = {}) => {
    checkOptions('ifeval.tasks.responses.plan', options, { ...benchmarkOptionNames, detectLanguage: true })
    const { detectLanguage, ...resampling } = options
    const settings = planSettings('ifeval.tasks.responses.plan', rows, resampling)
    const checks = rows.map(({ instructions }, row) =>
      instructions.map(({ id, kwargs }, i) => {
        const path = `rows[${row}].instructions[${i}]`
        return buildCheck({ id: `${path}.id`, kwargs: `${path}.kwargs` }, id, kwargs)
      }),
    )
    return {
      items: rows.map(({ key, prompt }) => ({ id: key, prompt })),
      score: (outcomes) => {
        checkResponses(rows.length, outcomes)
        const verdicts = outcomes.map((response, row) =>
          checks[row]!.map((check) =>
            response === null ? neither : verdictOf(check, response, { detectLanguage }),
          ),
        )
        const failed = outcomes.filter((response) => response === null).length
        return report(rows, verdicts, failed, settings)
      },
    }
  },
}

function readInstructions(row: RowReader, index: number, value: unknown): InstructionRow[] {
  const ids = row.texts('instruction_id_list')
  const kwargs: unknown = (value as Record<string, unknown>).kwargs
  if (!Array.isArray(kwargs) || kwargs.length !== ids.length) {
    return row.refuse('kwargs', `is not a list of ${ids.length} objects, one for each instruction`)
  }
  return ids.map((id, i) => {
    const given: unknown = kwargs[i]
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return row.refuse(`kwargs[${i}]`, 'is no object')
    }
    const instruction = { id, kwargs: given } as InstructionRow
    // Refuses what the checks could not read, before anything is generated, by the names that the file has.
    const place = {
      id: `rows[${index}].instruction_id_list[${i}]`,
      kwargs: `rows[${index}].kwargs[${i}]`,
    }
    buildCheck(place, id, instruction.kwargs)
    return instruction
  })
}

/**
 * IFEval (2311.07911): does a policy follow instructions that a program can check? Strict and loose, by prompt and by
 * instruction.
 *
 * Rows are those of the authors' `input_data.jsonl`: `key`, `prompt`, `instruction_id_list`, `kwargs`. Arguments
 * that are null count as not given.
 */
export const ifeval: Benchmark<IfEvalRow, { readonly responses: IfEvalTask }> = {
  name: 'ifeval',
  title: 'IFEval',
  source: 'google-research/google-research instruction_following_eval, by lm-eval 0.4.13',
  rows: (values) =>
    readRows(values, (row, index) => ({
      key: row.id('key'),
      prompt: row.text('prompt'),
      instructions: readInstructions(row, index, values[index]),
    })),
  tasks: { responses },
}
