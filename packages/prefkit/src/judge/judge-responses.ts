import { responseText } from '@prefkit/datasets'
import { type Judged, readJournal, type ScoreJudgement, scoreAll } from '@prefkit/judges'
import type { ResponseItem } from '@prefkit/rubrics'
import { z } from 'zod'
import { badResponses, parseResponses, type ResponseRow } from '../reward/response-rows'
import { continueRun, type RunKind, startRun } from '../runs/resumable-run'
import type { RunDirectory } from '../runs/run-directory'
import type { LocatedRow } from '../tables/located-row'
import { conversationOf } from './conversation-of'
import { createScoringJudge } from './create-judge'
import { withDistinctIds } from './distinct-ids'
import { drawSome } from './draw-some'
import { laidOver } from './how-to-run'
import { type JudgeConfig, judgeConfigSchema, parseConfig, type ScoreAsking } from './judge-config'
import { rowName } from './pair-layouts'
import { readItems } from './read-items'
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

/** Everything that decides what a judge says of the responses of files; the content of a run's `config.json`. */
export interface JudgeResponsesConfig {
  readonly files: readonly string[]
  /** Leave bad rows out and count them, instead of stopping at the first. */
  readonly skipBad: boolean
  /** Judge the responses of so many rows, drawn by the judge's seed. */
  readonly limit?: number | undefined
  /** Leave responses that cannot be judged out and count them, instead of stopping at the first. */
  readonly keepGoing: boolean
  readonly judge: JudgeConfig<ScoreAsking>
}

/** A row with what the judge says of each of its responses. */
export interface JudgedRow {
  readonly id: string
  readonly row: ResponseRow
  readonly outcomes: readonly Judged<ScoreJudgement>[]
}

/** A finished run. */
export interface JudgeResponsesRun {
  readonly run: RunDirectory
  readonly config: JudgeResponsesConfig
  /** The judge's name. */
  readonly judge: string
  readonly rows: readonly JudgedRow[]
  /** What became of the rows of the files. */
  readonly read: RowCounts
}

const schema = z.strictObject({
  files: z.array(z.string()).min(1, 'expected files of responses'),
  skipBad: z.boolean(),
  limit: z.int().min(1).optional(),
  keepGoing: z.boolean(),
  judge: judgeConfigSchema,
})

/** The commands that score responses. */
export type ResponseCommand = 'judge pointwise' | 'judge rubric'

/**
 * Checks a configuration from outside.
 * @throws PrefkitError `INVALID_CONFIG` naming source, option and value.
 */
export const parseResponsesConfig = (value: unknown, source: string): JudgeResponsesConfig =>
  parseConfig(schema, value, source) as JudgeResponsesConfig

const responseRuns = (command: ResponseCommand): RunKind<JudgeResponsesConfig> => ({
  command,
  parse: parseResponsesConfig,
})

/** The command that began a run of this configuration. */
export const commandOf = ({ judge }: JudgeResponsesConfig): ResponseCommand =>
  judge.asking.format === 'rubric' ? 'judge rubric' : 'judge pointwise'

interface NamedRow {
  readonly id: string
  readonly row: ResponseRow
  readonly reference: string | undefined
}

function namedRow({ value, place }: LocatedRow): [NamedRow] {
  const row = parseResponses(value)
  if (!row) throw badResponses(value, `${place.file}:${place.line ?? place.row}`)
  const { id, reference } = value
  return [{ id: rowName(id, place), row, reference: typeof reference === 'string' ? reference : undefined }]
}

type NamedItem = ResponseItem & { readonly id: string }

const itemsOf = ({ id, row: { prompt, responses }, reference }: NamedRow): NamedItem[] =>
  responses.map((response, i) => ({
    id: responses.length === 1 ? id : `${id}#${i + 1}`,
    prompt: conversationOf(prompt),
    response: responseText(response),
    ...(reference !== undefined && { reference }),
  }))

interface RowsRead {
  readonly items: readonly NamedRow[]
  readonly rows: RowCounts
}

const prepare =
  (work: JudgingOptions) =>
  async ({ files, skipBad }: JudgeResponsesConfig): Promise<RowsRead> => {
    const { items, rows } = await readItems(files, namedRow, skipBad, work)
    return { items: withDistinctIds(items), rows }
  }

/** Asks for what the journal lacks. */
const ask = (
  run: RunDirectory,
  config: JudgeResponsesConfig,
  items: readonly NamedItem[],
  work: JudgingOptions,
): Promise<void> =>
  withSurroundings(config.judge, work, async (around) => {
    const judge = await createScoringJudge(config.judge, around)
    const judging = scoreAll(judge, items, batchOptions(run, config.judge, config.keepGoing, work))
    await drain(judging, resumeCommand(commandOf(config), run), work)
  })

const workOn =
  (work: JudgingOptions) =>
  async (
    run: RunDirectory,
    config: JudgeResponsesConfig,
    prepared?: RowsRead,
  ): Promise<JudgeResponsesRun> => {
    const { limit, keepGoing, judge } = config
    const read = prepared ?? (await prepare(work)(config))
    const rows = drawSome(read.items, limit, judge.seed)
    // Of one row and of another's responses names may be the same.
    const items = withDistinctIds(rows.flatMap(itemsOf))
    const finished = await readFinished<ScoreJudgement>(run, items.length, items, keepGoing)
    if (!finished) await ask(run, config, items, work)
    const saved = finished ?? (await readJournal<ScoreJudgement>(journalPath(run)))
    const judged: Judged<ScoreJudgement>[] = []
    for await (const { id, result, error } of saved.outcomes(items))
      judged.push(error ? { id, error } : { id, judgement: result as ScoreJudgement })
    let at = 0
    const judgedRows = rows.map(({ id, row }) => {
      const start = at
      at += row.responses.length
      return { id, row, outcomes: judged.slice(start, at) }
    })
    return { run, config, judge: saved.name, rows: judgedRows, read: read.rows }
  }

/**
 * Scores the responses of files in a new run directory, which keeps each judgement as it comes.
 * @throws PrefkitError `INVALID_CONFIG`, `RUN_EXISTS`, `RUN_LOCKED`, `BAD_ROW`, `INTERRUPTED`; DatasetError for files that cannot
 *   be read; JudgeError `ITEM_FAILED` for a response that cannot be judged, `BUDGET_SPENT`, and for a server that cannot be asked.
 */
export const judgeResponses = (
  config: JudgeResponsesConfig,
  directory: string,
  work: JudgingOptions = {},
): Promise<JudgeResponsesRun> =>
  startRun(responseRuns(commandOf(config)), config, directory, {
    prepare: prepare(work),
    work: workOn(work),
    hasResults: hasJournal,
    discard: discardJournal,
  })

/**
 * Goes on with a run that was stopped or killed: what is judged is not asked again.
 * @param command the one that began it.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED`, `DATA_CORRUPT`; JudgeError `JOURNAL_MISMATCH` where the judge
 *   is not what it was; and what {@link judgeResponses} throws.
 */
export const resumeJudgingResponses = (
  command: ResponseCommand,
  directory: string,
  work: JudgingOptions = {},
): Promise<JudgeResponsesRun> => {
  const kind = responseRuns(command)
  return continueRun(kind, directory, workOn(work), laidOver(kind, work.how))
}
