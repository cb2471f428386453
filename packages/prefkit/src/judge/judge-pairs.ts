import { type Judged, judgeAll, type PairJudgement, readJournal, type SavedBatch } from '@prefkit/judges'
import { z } from 'zod'
import type { DataConfig } from '../reward/reward-config'
import { continueRun, type RunKind, startRun } from '../runs/resumable-run'
import type { RunDirectory } from '../runs/run-directory'
import { createPairJudge } from './create-judge'
import { drawSome } from './draw-some'
import { laidOver } from './how-to-run'
import { type JudgeConfig, judgeConfigSchema, type PairAsking, parseConfig } from './judge-config'
import { type PairReading, type PairsRead, type PairToJudge, readPairs } from './read-pairs'
import { resumeCommand } from './resume-command'
import type { RowCounts } from './row-counts'
import {
  batchOptions,
  discardJournal,
  drain,
  hasJournal,
  type JudgingOptions,
  journalPath,
  readFinished,
  withSurroundings,
} from './with-judges'

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
  /** What became of the rows of the files. */
  readonly rows: RowCounts
  /** The outcomes in the order of the files, read anew each time: only their pairs are in memory. */
  readonly outcomes: () => AsyncGenerator<JudgedPairOutcome, void, undefined>
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

/** What a judge is shown, made as it is needed. */
function* itemsOf(pairs: readonly PairToJudge[]) {
  for (const { id, item } of pairs) yield { id, ...item }
}

async function* outcomesOf(
  saved: SavedBatch<PairJudgement>,
  pairs: readonly PairToJudge[],
): AsyncGenerator<JudgedPairOutcome, void, undefined> {
  let at = 0
  for await (const { id, result, error } of saved.outcomes(itemsOf(pairs)))
    yield { pair: pairs[at++]!, outcome: error ? { id, error } : { id, judgement: result as PairJudgement } }
}

const prepare =
  (work: JudgingOptions) =>
  ({ files, reading, judge }: JudgePairsConfig): Promise<PairsRead> =>
    readPairs(files, reading, judge.seed, work)

/** Asks for what the journal lacks. */
const ask = (
  run: RunDirectory,
  config: JudgePairsConfig,
  pairs: readonly PairToJudge[],
  work: JudgingOptions,
): Promise<void> =>
  withSurroundings(config.judge, work, async (around) => {
    const judge = await createPairJudge(config.judge, around)
    const options = { ...batchOptions(run, config.judge, config.keepGoing, work), total: pairs.length }
    const judging = judgeAll(judge, itemsOf(pairs), options)
    await drain(judging, resumeCommand('judge pairwise', run), work)
  })

const workOn =
  (work: JudgingOptions) =>
  async (run: RunDirectory, config: JudgePairsConfig, prepared?: PairsRead): Promise<JudgePairsRun> => {
    const { limit, keepGoing, judge } = config
    const read = prepared ?? (await prepare(work)(config))
    const pairs = drawSome(read.pairs, limit, judge.seed)
    const finished = await readFinished<PairJudgement>(run, pairs.length, itemsOf(pairs), keepGoing)
    if (!finished) await ask(run, config, pairs, work)
    const saved = finished ?? (await readJournal<PairJudgement>(journalPath(run)))
    return { run, config, judge: saved.name, rows: read.rows, outcomes: () => outcomesOf(saved, pairs) }
  }

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
  startRun(pairRuns, config, directory, {
    prepare: prepare(work),
    work: workOn(work),
    hasResults: hasJournal,
    discard: discardJournal,
  })

/**
 * Goes on with a run that was stopped or killed: what is judged is not asked again.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED`, `DATA_CORRUPT`; JudgeError `JOURNAL_MISMATCH` where the judge
 *   is not what it was; and what {@link judgePairs} throws.
 */
export const resumeJudgingPairs = (directory: string, work: JudgingOptions = {}): Promise<JudgePairsRun> =>
  continueRun(pairRuns, directory, workOn(work), laidOver(pairRuns, work.how))
