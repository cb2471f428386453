import { resolve } from 'node:path'
import { taskFamilies } from '@prefkit/rubrics'
import type { Command } from 'commander'
import type { ScoreAsking } from '../../judge/judge-config'
import {
  type JudgeResponsesConfig,
  type JudgeResponsesRun,
  judgeResponses,
  parseResponsesConfig,
  type ResponseCommand,
  resumeJudgingResponses,
} from '../../judge/judge-responses'
import { responseRow } from '../../judge/judgement-rows'
import { type ResponseSummary, summariseResponses } from '../../judge/response-summary'
import { writeAtomic } from '../../runs/write-atomic'
import { describeResponses, describeRows } from '../describe-judging'
import { asLines } from '../gzip-lines'
import { judgementsPath, runJudging } from '../judge-action'
import { type JudgeOptions, judgeSettings, type SamplingOptions, samplingOf } from '../judge-settings'
import { printJson, printText } from '../print'

/** Options of `prefkit judge pointwise`. */
export interface JudgePointwiseOptions extends JudgeOptions, SamplingOptions {
  readonly skipBad: boolean
}

/** Options of `prefkit judge rubric`. */
export interface JudgeRubricOptions extends JudgePointwiseOptions {
  readonly family: ScoreAsking['family']
  readonly rubrics?: string
  readonly primary: boolean
  /** The least and the greatest number. */
  readonly generate: number[]
  readonly show?: boolean
}

function tell({ run, judge, read }: JudgeResponsesRun, summary: ResponseSummary, json: boolean): void {
  const judgements = judgementsPath(run)
  const report = run.reportPath
  if (json) printJson({ run: run.path, judge, read, ...summary, judgements, report })
  else
    printText(
      [
        `judge: ${judge}`,
        ...describeRows(read),
        describeResponses(summary),
        '',
        `judgements: ${judgements}`,
        `report: ${report}`,
      ].join('\n'),
    )
}

async function judge(
  files: string[],
  options: JudgePointwiseOptions,
  self: Command,
  { command, asking }: { readonly command: ResponseCommand; readonly asking: ScoreAsking },
): Promise<void> {
  const { limit, keepGoing, skipBad, json } = options
  const configOf = (): JudgeResponsesConfig =>
    parseResponsesConfig(
      { files, skipBad, limit, keepGoing, judge: judgeSettings(options, asking) },
      'command line',
    )
  const result = await runJudging(files, options, self, {
    start: (directory, work) => judgeResponses(configOf(), directory, work),
    resume: (directory, work) => resumeJudgingResponses(command, directory, work),
  })
  const { run, rows } = result
  const summary = summariseResponses(rows)
  await writeAtomic(judgementsPath(run), asLines(rows.map(responseRow)))
  const { responseReport } = await import('../../judge/response-report')
  await writeAtomic(run.reportPath, responseReport(result, summary))
  tell(result, summary, json)
}

/** Runs `prefkit judge pointwise`. */
export const judgePointwiseAction = (
  files: string[],
  options: JudgePointwiseOptions,
  self: Command,
): Promise<void> =>
  judge(files, options, self, {
    command: 'judge pointwise',
    asking: { kind: 'scores', format: 'rating', family: 'chat', primary: true, ...samplingOf(options) },
  })

/** Runs `prefkit judge rubric`. */
export async function judgeRubricAction(
  files: string[],
  options: JudgeRubricOptions,
  self: Command,
): Promise<void> {
  const { family, primary, show } = options
  if (show) {
    const { primary: rubric } = taskFamilies[family]
    printText(JSON.stringify({ name: family, rubrics: [rubric] }, null, 2))
    return
  }
  const rubrics = options.rubrics === undefined ? undefined : resolve(options.rubrics)
  const generate = options.generate[1] === 0 ? undefined : options.generate
  const sampling = samplingOf(options)
  const asking: ScoreAsking = {
    kind: 'scores',
    format: 'rubric',
    family,
    rubrics,
    primary,
    generate,
    ...sampling,
  }
  await judge(files, options, self, { command: 'judge rubric', asking })
}
