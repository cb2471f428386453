import { z } from 'zod'
import { type JudgeConfig, judgeConfigSchema, parseConfig } from '../judge/judge-config'
import type { RunKind } from '../runs/resumable-run'
import { type BenchmarkName, benchmarkEntries } from './benchmark-names'

/** Everything that decides what an evaluation comes to, but who judged. */
export interface BenchmarkConfig {
  readonly benchmark: BenchmarkName
  /** The task: how the benchmark is run. */
  readonly task: string
  /** All files that are read, those below included. */
  readonly files: readonly string[]
  /** Outputs of AlpacaEval's baseline, where the data are a model's outputs. */
  readonly baseline?: string | undefined
  /** AlpacaEval's `df_gamed.csv`, for its length-controlled win rate. */
  readonly gamed?: string | undefined
  /** Use so many rows, drawn by the seed. */
  readonly limit?: number | undefined
  /** Resamples of intervals. */
  readonly resamples: number
  /** Places answers, draws rows and intervals, and samples. */
  readonly seed: number
}

/** The content of a run's `config.json`. */
export interface BenchmarkRunConfig extends BenchmarkConfig {
  /** Count items that cannot be judged as failed, instead of stopping at the first. */
  readonly keepGoing: boolean
  readonly judge: JudgeConfig
}

const names = benchmarkEntries.map(({ name }) => name) as [BenchmarkName, ...BenchmarkName[]]

const schema = z.strictObject({
  benchmark: z.enum(names),
  task: z.string(),
  files: z.array(z.string()).min(1, 'expected files of the benchmark'),
  baseline: z.string().optional(),
  gamed: z.string().optional(),
  limit: z.int().min(1).optional(),
  resamples: z.int().min(1),
  seed: z.int(),
})

const runSchema = schema.extend({ keepGoing: z.boolean(), judge: judgeConfigSchema })

/** Checks a configuration without a judge. @throws PrefkitError `INVALID_CONFIG` */
export const parseBenchmarkConfig = (value: unknown): BenchmarkConfig =>
  parseConfig(schema as z.ZodType<BenchmarkConfig>, value, 'command line')

/** Runs of `prefkit eval` on a benchmark. */
export const benchmarkRuns = (benchmark: BenchmarkName): RunKind<BenchmarkRunConfig> => ({
  command: `eval ${benchmark}`,
  parse: (value, source) => parseConfig(runSchema as z.ZodType<BenchmarkRunConfig>, value, source),
})

/** The files that hold the benchmark's rows. */
export const dataFiles = ({ files, baseline, gamed }: BenchmarkConfig): string[] =>
  files.filter((file) => file !== baseline && file !== gamed)
