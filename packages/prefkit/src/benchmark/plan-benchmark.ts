import type { BenchmarkReport } from '@prefkit/evals/benchmarks'
import { drawSome } from '../judge/draw-some'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { type BenchmarkConfig, dataFiles } from './benchmark-config'
import { joinBaseline } from './join-baseline'
import { type BenchmarkItem, type ItemLabel, openBenchmark, type TaskKind } from './open-benchmark'
import { type BenchmarkRow, readBenchmark, withPlaces } from './read-benchmark'
import { readGamed } from './read-gamed'

/** Names the language of a text by its ISO 639-1 code; undefined where there is none. */
export type DetectLanguage = (text: string) => string | undefined

/** What a benchmark asks to be judged, and what the outcomes come to. */
export interface PlannedBenchmark {
  readonly config: BenchmarkConfig
  readonly kind: TaskKind
  /** All rows of the data, of which some may be left out. */
  readonly all: readonly BenchmarkRow[]
  /** The rows that are used. */
  readonly rows: readonly BenchmarkRow[]
  readonly items: readonly BenchmarkItem[]
  /** What is right of each item; absent where the benchmark does not say. */
  readonly labels?: readonly ItemLabel[] | undefined
  readonly score: (outcomes: readonly unknown[]) => BenchmarkReport
  /** What is done otherwise than one may think, for people. */
  readonly notices: readonly string[]
}

/** How a benchmark is planned, beside its configuration. */
export interface PlanOptions extends WorkOptions {
  /** Names languages, for IFEval; without it prompts that ask for one are left out. Default: none. */
  readonly detectLanguage?: DetectLanguage | undefined
}

/** The instructions that ask for a language, if only for English. */
const languageInstructions: ReadonlySet<unknown> = new Set([
  'language:response_language',
  'change_case:english_capital',
  'change_case:english_lowercase',
])

const asksForLanguage = ({ value: { instruction_id_list: asked } }: BenchmarkRow): boolean =>
  Array.isArray(asked) && asked.some((id) => languageInstructions.has(id))

/** Without a detector nobody knows whether a response is in the language that a prompt asks for. */
function withoutLanguages(rows: readonly BenchmarkRow[], { detectLanguage }: PlanOptions) {
  const asking = rows.filter(asksForLanguage).length
  if (detectLanguage || asking === 0) return { rows, skipped: 0, notices: [] }
  const notice = `${asking} of ${rows.length} prompts ask for a language, such as English in capitals, and are left out; --detect-language takes a module that tells it`
  return { rows: rows.filter((row) => !asksForLanguage(row)), skipped: asking, notices: [notice] }
}

/** Rows by draw; ids are places in the data, so that the same rows are drawn whatever else is asked. */
const drawRows = (rows: readonly BenchmarkRow[], { limit, seed }: BenchmarkConfig): readonly BenchmarkRow[] =>
  drawSome(
    rows.map((row) => ({ id: `${row.index}`, row })),
    limit,
    seed,
  ).map(({ row }) => row)

const addSkipped = (report: BenchmarkReport, skipped: number): BenchmarkReport =>
  skipped === 0
    ? report
    : { ...report, counts: { ...report.counts, skipped: report.counts.skipped + skipped } }

async function optionsOf(
  { seed, resamples, gamed }: BenchmarkConfig,
  { detectLanguage, ...work }: PlanOptions,
) {
  const rows = await readGamed(gamed, work)
  return { seed, resamples, ...(detectLanguage && { detectLanguage }), ...(rows && { gamed: rows }) }
}

/**
 * Reads a benchmark's rows and plans what has to be judged.
 * @throws DatasetError for files that cannot be read; PrefkitError `BAD_ROW` naming file, line and field, `INVALID_CONFIG`.
 */
export async function planBenchmark(
  config: BenchmarkConfig,
  options: PlanOptions = {},
): Promise<PlannedBenchmark> {
  const { benchmark, task, baseline } = config
  const { title, tasks } = openBenchmark(benchmark)
  const join = baseline === undefined ? undefined : await joinBaseline(baseline, options)
  const all = await readBenchmark(benchmark, dataFiles(config), options, join)
  const { rows: usable, skipped, notices } = withoutLanguages(all, options)
  if (usable.length === 0) throw new PrefkitError('NO_COMPARISONS', `${title}: no row is left to evaluate`)
  const rows = drawRows(usable, config)
  const planOptions = await optionsOf(config, options)
  const { kind, plan } = tasks[task]!
  const { items, labels, score } = withPlaces(rows, title, () =>
    plan(
      rows.map(({ row }) => row),
      planOptions,
    ),
  )
  return {
    config,
    kind,
    all,
    rows,
    items,
    labels,
    score: (outcomes) => addSkipped(score(outcomes), skipped),
    notices,
  }
}
