import {
  type DialectName,
  type LabelCoding,
  type WritableDialect,
  type WriteReport,
  writeComparisons,
} from '@prefkit/datasets'
import type { Command } from 'commander'
import {
  type JudgePairsConfig,
  type JudgePairsRun,
  judgePairs,
  pairRuns,
  resumeJudgingPairs,
} from '../../judge/judge-pairs'
import { judgedComparisons } from '../../judge/judged-comparisons'
import { pairRow } from '../../judge/judgement-rows'
import { judgedOf, type PairSummary, summarisePairs } from '../../judge/pair-summary'
import { requireWritableFile } from '../../runs/require-writable'
import { writeAtomic } from '../../runs/write-atomic'
import { describePairs } from '../describe-judging'
import { counted } from '../format-table'
import { asLines } from '../gzip-lines'
import { judgementsPath, runJudging } from '../judge-action'
import { type JudgeOptions, judgeSettings, type PairOptions, pairAskingOf } from '../judge-settings'
import { printJson, printText } from '../print'

/** Options of `prefkit judge pairwise`. */
export interface JudgePairwiseOptions extends JudgeOptions, PairOptions {
  readonly dialect?: DialectName
  readonly texts?: string
  readonly labels?: LabelCoding
  readonly skipBad: boolean
  readonly export?: string
  readonly to: WritableDialect
}

function configOf(files: readonly string[], options: JudgePairwiseOptions): JudgePairsConfig {
  const { dialect, texts, labels, skipBad, limit, keepGoing } = options
  const judge = judgeSettings(options, pairAskingOf(options))
  return pairRuns.parse(
    { files, reading: { dialect, texts, labels, skipBad }, limit, keepGoing, judge },
    'command line',
  )
}

/** Judged pairs as comparisons to train on. */
async function exportPairs({ outcomes, judge }: JudgePairsRun, path: string, dialect: WritableDialect) {
  const judged = judgedOf(outcomes)
  const { comparisons, left } = judgedComparisons(
    judged.map(({ pair }) => pair),
    judged.map(({ judgement }) => judgement),
    { annotator: judge },
  )
  const report = await writeComparisons(path, comparisons, { dialect })
  return { report, left }
}

type Exported = Awaited<ReturnType<typeof exportPairs>>

function describeExport({ report: { written, dialect, file }, left }: Exported): string {
  const { abstained, ties } = left
  const rest =
    abstained + ties > 0 ? `; left out: ${counted(ties, 'tie')}, ${abstained} without an answer` : ''
  return `wrote ${counted(written, 'comparison')} as ${dialect} to ${file}${rest}`
}

async function tell(
  result: JudgePairsRun,
  summary: PairSummary,
  exported: Exported | undefined,
  json: boolean,
): Promise<void> {
  const { run, judge } = result
  const files = { judgements: judgementsPath(run), report: run.reportPath }
  if (json) {
    const written: WriteReport | undefined = exported?.report
    printJson({ run: run.path, judge, ...summary, ...files, export: written })
    return
  }
  printText([`judge: ${judge}`, describePairs(summary), ''].join('\n'))
  if (exported) printText(describeExport(exported))
  printText(`judgements: ${files.judgements}\nreport: ${files.report}`)
}

/** Runs `prefkit judge pairwise`. */
export async function judgePairwiseAction(
  files: string[],
  options: JudgePairwiseOptions,
  command: Command,
): Promise<void> {
  const { json, to } = options
  if (options.export !== undefined) await requireWritableFile(options.export)
  const result = await runJudging(files, options, command, {
    start: (directory, work) => judgePairs(configOf(files, options), directory, work),
    resume: resumeJudgingPairs,
  })
  const { run, config, outcomes } = result
  const summary = summarisePairs(outcomes, config.judge.seed)
  await writeAtomic(judgementsPath(run), asLines(outcomes.map(pairRow)))
  const { pairReport } = await import('../../judge/pair-report')
  await writeAtomic(run.reportPath, pairReport(result, summary))
  const exported = options.export === undefined ? undefined : await exportPairs(result, options.export, to)
  await tell(result, summary, exported, json)
}
