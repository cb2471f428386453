import { readFile } from 'node:fs/promises'
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
import type { PairSummary } from '../../judge/pair-summary'
import { type PairTally, tallyPairs } from '../../judge/tally-pairs'
import { PrefkitError } from '../../prefkit-error'
import { requireWritableFile } from '../../runs/require-writable'
import { writeAtomic } from '../../runs/write-atomic'
import { describePairs, describeRows } from '../describe-judging'
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
  readonly panelWeights?: string
  readonly calibration?: string
  readonly abstainBelow?: number
  readonly export?: string
  readonly to: WritableDialect
}

/** What was fitted, of a file: it is kept with the run, which the file need not outlive. */
async function readFitted(option: string, file: string | undefined): Promise<unknown> {
  if (file === undefined) return undefined
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    const message = `${option}: ${file} could not be read as JSON: ${(cause as Error).message}`
    throw new PrefkitError('INVALID_CONFIG', message, { cause })
  }
}

async function configOf(files: readonly string[], options: JudgePairwiseOptions): Promise<JudgePairsConfig> {
  const { dialect, texts, labels, skipBad, limit, keepGoing, abstainBelow } = options
  const fitted = {
    panelWeights: await readFitted('--panel-weights', options.panelWeights),
    calibration: await readFitted('--calibration', options.calibration),
  }
  const judge = judgeSettings(options, { ...pairAskingOf(options), ...fitted, abstainBelow })
  return pairRuns.parse(
    { files, reading: { dialect, texts, labels, skipBad }, limit, keepGoing, judge },
    'command line',
  )
}

/** Judged pairs as comparisons to train on. */
async function exportPairs({ outcomes, judge }: JudgePairsRun, path: string, dialect: WritableDialect) {
  const left = { abstained: 0, ties: 0 }
  async function* comparisons() {
    for await (const { pair, outcome } of outcomes()) {
      if (!outcome.judgement) continue
      const judged = judgedComparisons([pair], [outcome.judgement], { annotator: judge })
      left.abstained += judged.left.abstained
      left.ties += judged.left.ties
      yield* judged.comparisons
    }
  }
  const report = await writeComparisons(path, comparisons(), { dialect })
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
  const { run, judge, rows } = result
  const files = { judgements: judgementsPath(run), report: run.reportPath }
  if (json) {
    const written: WriteReport | undefined = exported?.report
    printJson({ run: run.path, judge, rows, ...summary, ...files, export: written })
    return
  }
  printText([`judge: ${judge}`, ...describeRows(rows), describePairs(summary), ''].join('\n'))
  if (exported) printText(describeExport(exported))
  printText(`judgements: ${files.judgements}\nreport: ${files.report}`)
}

/** The rows of `judgements.jsonl`, counted as they pass. */
async function* countedRows({ outcomes }: JudgePairsRun, tally: PairTally): AsyncGenerator<object> {
  for await (const outcome of outcomes()) {
    tally.add(outcome)
    yield pairRow(outcome)
  }
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
    start: async (directory, work) => judgePairs(await configOf(files, options), directory, work),
    resume: resumeJudgingPairs,
  })
  const { run, config } = result
  const tally = tallyPairs()
  await writeAtomic(judgementsPath(run), asLines(countedRows(result, tally)))
  const summary = tally.summarise(config.judge.seed)
  const { pairReport } = await import('../../judge/pair-report')
  await writeAtomic(run.reportPath, pairReport(result, summary, tally))
  const exported = options.export === undefined ? undefined : await exportPairs(result, options.export, to)
  await tell(result, summary, exported, json)
}
