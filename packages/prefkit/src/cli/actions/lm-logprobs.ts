import { readJsonLines } from '@prefkit/datasets'
import type { LoadedLanguageModel } from '@prefkit/lm'
import { completionRow } from '../../lm/completion-rows'
import { modelFingerprints } from '../../lm/fingerprint-model'
import { type ModelChoice, openLanguageModel } from '../../lm/open-language-model'
import { requireResumable, writeResumableRows } from '../../lm/resumable-rows'
import {
  type CompletionScore,
  type EncodedRow,
  encodeRows,
  type ScoreSummary,
  scoreRows,
  scoreTally,
} from '../../lm/score-file'
import type { WorkOptions } from '../../reward/progress'
import { fingerprintFiles } from '../../runs/fingerprint-files'
import { readRows } from '../../tables/read-rows'
import { announceBackend } from '../announce-backend'
import { counted } from '../format-table'
import { interruptible } from '../interruptible'
import { type ModelOptions, modelChoice } from '../lm-settings'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseOverwriting } from '../refuse-overwriting'

/** Options of `prefkit lm logprobs`. */
export interface LmLogprobsOptions extends ModelOptions {
  readonly data: string[]
  readonly chat: boolean
  readonly system?: string
  readonly batchSize: number
  readonly out?: string
  readonly quiet: boolean
  readonly json: boolean
}

const describe = ({ rows, tokens, mean_logprob, perplexity }: ScoreSummary): string =>
  `${counted(rows, 'row')}, ${counted(tokens, 'token')}: mean log-probability ${mean_logprob.toFixed(4)}, perplexity ${perplexity.toPrecision(5)}`

/** Rows on standard output; what they come to goes to standard error. */
async function printScores(
  model: LoadedLanguageModel,
  rows: readonly EncodedRow[],
  { batchSize, quiet }: LmLogprobsOptions,
  signal: AbortSignal,
): Promise<void> {
  const tally = scoreTally()
  const append = async (scored: readonly object[]): Promise<void> => {
    for (const row of scored as readonly CompletionScore[]) {
      tally.add(row)
      printJson(row)
    }
  }
  await scoreRows(model, rows, batchSize, { done: 0, append }, { signal })
  if (!quiet) process.stderr.write(`${describe(tally.summarise())}\n`)
}

/** What the rows of a file come to, those of an earlier process included. */
async function summaryOf(out: string): Promise<ScoreSummary> {
  const tally = scoreTally()
  for await (const { value } of readJsonLines(out)) tally.add(value as CompletionScore)
  return tally.summarise()
}

async function writeScores(
  out: string,
  model: LoadedLanguageModel,
  rows: readonly EncodedRow[],
  { choice, options, work }: { choice: ModelChoice; options: LmLogprobsOptions; work: WorkOptions },
): Promise<ScoreSummary> {
  const { data, batchSize, chat, system } = options
  await refuseOverwriting(out, data)
  const settings = {
    command: 'lm logprobs',
    ...(await modelFingerprints(choice)),
    data: Object.values(await fingerprintFiles(data)),
    backend: choice.backend,
    chat,
    system,
    batchSize,
  }
  await writeResumableRows(out, { settings, chunk: batchSize }, (file) =>
    scoreRows(model, rows, batchSize, file, work),
  )
  return summaryOf(out)
}

/** Runs `prefkit lm logprobs`. */
export async function lmLogprobsAction(path: string, options: LmLogprobsOptions): Promise<void> {
  const { data, chat, system, out, quiet, json } = options
  if (out !== undefined) await requireResumable(out)
  const choice = modelChoice(path, options)
  await announceBackend(choice.backend)
  const progress = showProgress(quiet || json)
  const kept = out === undefined ? 'the rows so far were written' : `the same command goes on with ${out}`
  const summary = await interruptible(kept, async (signal) => {
    const work = { onProgress: progress.onProgress, signal }
    const read = (await readRows(data, work)).map(completionRow)
    const model = await openLanguageModel(choice, work)
    try {
      const rows = encodeRows(model, read, { chat, system })
      if (out !== undefined) return await writeScores(out, model, rows, { choice, options, work })
      progress.stop()
      await printScores(model, rows, options, signal)
      return undefined
    } finally {
      await model.release()
    }
  }).finally(progress.stop)
  if (!summary) return
  if (json) printJson({ out, ...summary })
  else printText(`${describe(summary)}\nwritten to ${out}`)
}
