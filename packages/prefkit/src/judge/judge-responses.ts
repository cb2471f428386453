import { responseText } from '@prefkit/datasets'
import { type Judged, type ScoreJudgement, scoreAll } from '@prefkit/judges'
import type { ResponseItem } from '@prefkit/rubrics'
import { z } from 'zod'
import { badResponses, parseResponses, type ResponseRow } from '../reward/response-rows'
import { continueRun, type RunKind, startRun } from '../runs/resumable-run'
import type { RunDirectory } from '../runs/run-directory'
import type { LocatedRow } from '../tables/located-row'
import { readRows } from '../tables/read-rows'
import { conversationOf } from './conversation-of'
import { createScoringJudge } from './create-judge'
import { withDistinctIds } from './distinct-ids'
import { drawSome } from './draw-some'
import { type JudgeConfig, judgeConfigSchema, parseConfig, type ScoreAsking } from './judge-config'
import { batchOptions, collect, hasJournal, type JudgingOptions, withSurroundings } from './with-judges'

/** Everything that decides what a judge says of the responses of files; the content of a run's `config.json`. */
export interface JudgeResponsesConfig {
  readonly files: readonly string[]
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
}

const schema = z.strictObject({
  files: z.array(z.string()).min(1, 'expected files of responses'),
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
}

function namedRow({ value, place }: LocatedRow): NamedRow {
  const { file, line, row: at } = place
  const where = `${file}:${line ?? at}`
  const row = parseResponses(value)
  if (!row) throw badResponses(value, where)
  const { id } = value
  return { id: typeof id === 'string' || typeof id === 'number' ? `${id}` : where, row }
}

const itemsOf = ({ id, row: { prompt, responses } }: NamedRow): (ResponseItem & { id: string })[] =>
  responses.map((response, i) => ({
    id: responses.length === 1 ? id : `${id}#${i + 1}`,
    prompt: conversationOf(prompt),
    response: responseText(response),
  }))

const workOn =
  (work: JudgingOptions) =>
  (run: RunDirectory, config: JudgeResponsesConfig): Promise<JudgeResponsesRun> =>
    withSurroundings(config.judge, work, async (around) => {
      const { files, limit, keepGoing } = config
      const all = withDistinctIds((await readRows(files, work)).map(namedRow))
      const rows = drawSome(all, limit, config.judge.seed)
      const judge = await createScoringJudge(config.judge, around)
      const items = rows.flatMap(itemsOf)
      const judging = scoreAll(judge, items, batchOptions(run, config.judge, keepGoing, work))
      const judged = await collect(judging, `prefkit ${commandOf(config)} --resume ${run.path}`, work)
      let at = 0
      const judgedRows = rows.map(({ id, row }) => {
        const start = at
        at += row.responses.length
        return { id, row, outcomes: judged.slice(start, at) }
      })
      return { run, config, judge: judge.name, rows: judgedRows }
    })

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
    work: workOn(work),
    hasResults: hasJournal,
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
): Promise<JudgeResponsesRun> => continueRun(responseRuns(command), directory, workOn(work))
