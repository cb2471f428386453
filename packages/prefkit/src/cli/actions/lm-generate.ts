import { createHash } from 'node:crypto'
import { type LoadedLanguageModel, streamText } from '@prefkit/lm'
import { writtenPrompt } from '../../lm/encode-prompt'
import { modelFingerprints } from '../../lm/fingerprint-model'
import {
  type GeneratedRows,
  type GenerateRowsOptions,
  generateRows,
  requirePrompts,
  rowsAtATime,
} from '../../lm/generate-file'
import { type ModelChoice, openLanguageModel } from '../../lm/open-language-model'
import { type PromptRow, promptRow } from '../../lm/prompt-rows'
import { requireResumable, writeResumableRows } from '../../lm/resumable-rows'
import { PrefkitError } from '../../prefkit-error'
import type { WorkOptions } from '../../reward/progress'
import { readRows } from '../../tables/read-rows'
import { announceBackend } from '../announce-backend'
import { counted } from '../format-table'
import { interruptible } from '../interruptible'
import { type DrawingOptions, type ModelOptions, modelChoice, samplingChoice } from '../lm-settings'
import { printJson, printText } from '../print'
import { showProgress } from '../progress'
import { refuseOverwriting } from '../refuse-overwriting'

/** Options of `prefkit lm generate`. */
export interface LmGenerateOptions extends ModelOptions, DrawingOptions {
  readonly prompt?: string[]
  readonly prompts?: string[]
  readonly chat: boolean
  readonly raw: boolean
  readonly system?: string
  readonly samples: number
  readonly batchSize: number
  readonly out?: string
  readonly quiet: boolean
  readonly json: boolean
}

/** The prompts of the command line and of files, in this order. */
async function readPrompts(
  { prompt = [], prompts = [] }: LmGenerateOptions,
  work: WorkOptions,
): Promise<PromptRow[]> {
  if (prompt.length + prompts.length === 0) {
    throw new PrefkitError('INVALID_CONFIG', 'expected --prompt <text> or --prompts <files...>')
  }
  const given = prompt.map((text, i): PromptRow => {
    if (text !== '') return { place: `--prompt ${i + 1}`, row: {}, prompt: text }
    throw new PrefkitError('INVALID_CONFIG', '--prompt: expected text, got nothing')
  })
  const read = prompts.length === 0 ? [] : await readRows(prompts, work)
  return [...given, ...read.map(promptRow)]
}

/** Says that a chat template is not used, where one would be expected to be. */
function tellOfTemplate(
  { chatTemplate }: LoadedLanguageModel,
  rows: readonly PromptRow[],
  { chat, raw, quiet }: LmGenerateOptions,
): void {
  if (!chatTemplate || chat || raw || quiet || rows.every(({ prompt }) => typeof prompt !== 'string')) return
  process.stderr.write(
    'note: the model has a chat template, which text goes without; --chat uses it, --raw says that it is not to be\n',
  )
}

/** Says whose the next answer is, where there are several. */
function printHeading(place: string, isFirst: boolean): void {
  printText(`${isFirst ? '' : '\n'}[${place}]`)
}

/** An answer to each prompt as text, as it comes. */
async function streamAnswers(
  model: LoadedLanguageModel,
  rows: readonly PromptRow[],
  { sampling, samples: _, batchSize: __, ...writing }: GenerateRowsOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const [firstIndex, { place, prompt }] of rows.entries()) {
    if (rows.length > 1) printHeading(place, firstIndex === 0)
    const answer = streamText(model, writtenPrompt(prompt, writing), { ...sampling, firstIndex, signal })
    for await (const { text } of answer) process.stdout.write(text)
    process.stdout.write('\n')
  }
}

/** Several answers to each prompt as text. */
async function printAnswers(
  model: LoadedLanguageModel,
  rows: readonly PromptRow[],
  options: GenerateRowsOptions,
  signal: AbortSignal,
): Promise<void> {
  let row = 0
  const append = async (answered: readonly object[]): Promise<void> => {
    // Rows have a list of responses where several are asked for.
    for (const { responses } of answered as readonly { readonly responses: readonly string[] }[]) {
      const { place } = rows[row]!
      responses.forEach((text, i) => {
        printHeading(`${place}, ${i + 1}`, row + i === 0)
        printText(text)
      })
      row++
    }
  }
  await generateRows(model, rows, options, { done: 0, append }, { signal })
}

/** Answers as rows of JSON. */
async function printRows(
  model: LoadedLanguageModel,
  rows: readonly PromptRow[],
  options: GenerateRowsOptions,
  signal: AbortSignal,
): Promise<void> {
  const append = async (answered: readonly object[]): Promise<void> => answered.forEach(printJson)
  await generateRows(model, rows, options, { done: 0, append }, { signal })
}

function tell({ prompts, responses, tokens, seconds }: GeneratedRows, out: string, json: boolean): void {
  const rate = tokens / seconds
  if (json) printJson({ out, prompts, responses, tokens, seconds, tokens_per_second: rate })
  else
    printText(
      `${counted(responses, 'response')} to ${counted(prompts, 'prompt')}: ${counted(tokens, 'token')} in ${seconds.toFixed(1)} s, ${rate.toFixed(1)}/s\nwritten to ${out}`,
    )
}

/** SHA-256 of all that is answered, rows included: answers are written beside what else is in them. */
function digestOf(rows: readonly PromptRow[]): string {
  const hash = createHash('sha256')
  for (const { row, prompt } of rows) hash.update(`${JSON.stringify([row, prompt])}\n`)
  return hash.digest('hex')
}

interface FileWork {
  readonly choice: ModelChoice
  readonly options: GenerateRowsOptions
  readonly files: readonly string[]
  readonly work: WorkOptions
}

/** Answers as rows of a file that can be gone on with. */
async function writeAnswers(
  out: string,
  model: LoadedLanguageModel,
  rows: readonly PromptRow[],
  { choice, options, files, work }: FileWork,
): Promise<GeneratedRows> {
  await refuseOverwriting(out, files)
  const { backend } = choice
  const settings = {
    command: 'lm generate',
    ...(await modelFingerprints(choice)),
    prompts: digestOf(rows),
    backend,
    ...options,
  }
  return writeResumableRows(out, { settings, chunk: rowsAtATime(options) }, (file) =>
    generateRows(model, rows, options, file, work),
  )
}

/** Runs `prefkit lm generate`. */
export async function lmGenerateAction(path: string, given: LmGenerateOptions): Promise<void> {
  const { out, quiet, json, chat, raw, system, samples, batchSize, prompts = [] } = given
  if (chat && raw) throw new PrefkitError('INVALID_CONFIG', '--chat and --raw: expected one of them')
  if (out !== undefined) await requireResumable(out)
  const choice = modelChoice(path, given)
  await announceBackend(choice.backend)
  const options = { chat, system, sampling: samplingChoice(given), samples, batchSize }
  const progress = showProgress(quiet || json)
  const kept = out === undefined ? 'the text so far was written' : `the same command goes on with ${out}`
  const done = await interruptible(kept, async (signal) => {
    const work = { onProgress: progress.onProgress, signal }
    const rows = await readPrompts(given, work)
    const model = await openLanguageModel(choice, work)
    try {
      requirePrompts(model, rows, options)
      progress.stop()
      tellOfTemplate(model, rows, given)
      if (out !== undefined)
        return await writeAnswers(out, model, rows, { choice, options, files: prompts, work })
      const print = json ? printRows : samples > 1 ? printAnswers : streamAnswers
      await print(model, rows, options, signal)
      return undefined
    } finally {
      await model.release()
    }
  }).finally(progress.stop)
  if (done && out !== undefined) tell(done, out, json)
}
