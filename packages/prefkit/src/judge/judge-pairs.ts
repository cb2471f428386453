import { type Judged, judgeAll, type PairJudgement } from '@prefkit/judges'
import { z } from 'zod'
import type { DataConfig } from '../reward/reward-config'
import { continueRun, type RunKind, startRun } from '../runs/resumable-run'
import type { RunDirectory } from '../runs/run-directory'
import { createPairJudge } from './create-judge'
import { drawSome } from './draw-some'
import { type JudgeConfig, judgeConfigSchema, type PairAsking, parseConfig } from './judge-config'
import { type PairReading, type PairToJudge, readPairs } from './read-pairs'
import { batchOptions, collect, hasJournal, type JudgingOptions, withSurroundings } from './with-judges'

/** Everything that decides what judges say of the pairs of files; the content of a run's `config.json`. */
export interface JudgePairsConfig {
  readonly files: readonly string[]
  readonly reading: PairReading
  /** Judge so many, drawn by the judge's seed. */
  readonly limit?: number | undefined
  /** Leave pairs that cannot be judged out and count them, instead of stopping at the first. */
  readonly keepGoing: boolean
  readonly judge: JudgeConfig<PairAsking>
}

/** A pair with what the judge says of it, or why there is nothing. */
export interface JudgedPairOutcome {
  readonly pair: PairToJudge
  readonly outcome: Judged<PairJudgement>
}

/** A finished run. */
export interface JudgePairsRun {
  readonly run: RunDirectory
  readonly config: JudgePairsConfig
  /** The judge's name. */
  readonly judge: string
  readonly outcomes: readonly JudgedPairOutcome[]
}

const reading: z.ZodType<Pick<DataConfig, 'dialect' | 'texts' | 'labels' | 'skipBad'>> = z.looseObject({
  skipBad: z.boolean(),
})

const schema = z.strictObject({
  files: z.array(z.string()).min(1, 'expected files of pairs'),
  reading,
  limit: z.int().min(1).optional(),
  keepGoing: z.boolean(),
  judge: judgeConfigSchema,
})

/** Runs of `prefkit judge pairwise`. */
export const pairRuns: RunKind<JudgePairsConfig> = {
  command: 'judge pairwise',
  parse: (value, source) => parseConfig(schema, value, source) as JudgePairsConfig,
}

const workOn =
  (work: JudgingOptions) =>
  (run: RunDirectory, config: JudgePairsConfig): Promise<JudgePairsRun> =>
    withSurroundings(config.judge, work, async (around) => {
      const { files, reading, limit, keepGoing } = config
      const all = await readPairs(files, reading, config.judge.seed, work)
      const pairs = drawSome(all, limit, config.judge.seed)
      const judge = await createPairJudge(config.judge, around)
      const items = pairs.map(({ id, item }) => ({ id, ...item }))
      const judging = judgeAll(judge, items, batchOptions(run, config.judge, keepGoing, work))
      const judged = await collect(judging, `prefkit judge pairwise --resume ${run.path}`, work)
      return {
        run,
        config,
        judge: judge.name,
        outcomes: judged.map((outcome, i) => ({ pair: pairs[i]!, outcome })),
      }
    })

/**
 * Judges the pairs of files in a new run directory, which keeps each judgement as it comes.
 * @throws PrefkitError `INVALID_CONFIG`, `RUN_EXISTS`, `RUN_LOCKED`, `INTERRUPTED`; DatasetError for files that cannot be read;
 *   JudgeError `ITEM_FAILED` for a pair that cannot be judged, `BUDGET_SPENT`, and for a server that cannot be asked.
 */
export const judgePairs = (
  config: JudgePairsConfig,
  directory: string,
  work: JudgingOptions = {},
): Promise<JudgePairsRun> =>
  startRun(pairRuns, config, directory, { work: workOn(work), hasResults: hasJournal })

/**
 * Goes on with a run that was stopped or killed: what is judged is not asked again.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED`, `DATA_CORRUPT`; JudgeError `JOURNAL_MISMATCH` where the judge
 *   is not what it was; and what {@link judgePairs} throws.
 */
export const resumeJudgingPairs = (directory: string, work: JudgingOptions = {}): Promise<JudgePairsRun> =>
  continueRun(pairRuns, directory, workOn(work))
