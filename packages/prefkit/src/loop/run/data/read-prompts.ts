import { contextLength, type ModelConfig } from '@prefkit/lm'
import { type Encoding, encodePrompt } from '../../../lm/encode-prompt'
import { placed } from '../../../lm/placed'
import { promptRow } from '../../../lm/prompt-rows'
import { PrefkitError } from '../../../prefkit-error'
import type { WorkOptions } from '../../../reward/progress'
import { readRows } from '../../../tables/read-rows'
import type { LoopPrompt } from '../../prompts/prompt'
import type { RunConfig } from '../config/run-config'
import { amongPrompts } from './among-prompts'
import { noPromptLeft } from './no-prompt-left'
import { readableText } from './readable-text'
import { requireRoom } from './require-room'
import { splitByText } from './split-by-text'

/** Prompts to learn on and prompts to evaluate on, with how many were left out. */
export interface RunPrompts {
  readonly train: readonly LoopPrompt[]
  readonly heldOut: readonly LoopPrompt[]
  readonly tooLong: number
  /** Prompts that nothing is learnt from as they are among those to evaluate on. */
  readonly alsoHeldOut: number
}

/** What turns rows into prompts. */
export interface PromptReader extends WorkOptions {
  readonly encoding: Encoding
  readonly model: ModelConfig
}

async function readFiles(
  files: readonly string[],
  { model: { chat, system }, prompts }: RunConfig,
  { encoding, ...work }: PromptReader,
  prefix = '',
): Promise<LoopPrompt[]> {
  const rows = (await readRows(files, work)).slice(0, prompts?.limit)
  const ids = new Set<string>()
  return rows.map((row, i) => {
    const { place, row: fields, prompt } = promptRow(row)
    const named = typeof fields.id === 'string' || typeof fields.id === 'number' ? fields.id : i + 1
    const given = `${prefix}${named}`
    // Rows of several files may count from 1 each.
    const id = ids.has(given) ? `${given}@${i + 1}` : given
    ids.add(id)
    const tokens = placed(place, () => encodePrompt(encoding, prompt, { chat, system }))
    return { id, text: readableText(prompt), tokens, fields }
  })
}

/**
 * The prompts of a run. Without files to evaluate on, a share is held out by a hash of their texts, so that it does not depend on their
 * order; equal texts are on one side. Nothing is learnt from a prompt that people or the model read as one to evaluate on, wherever it
 * stands.
 * @throws PrefkitError `BAD_ROW`, `INVALID_CONFIG` where none is left to learn on, or none has a place beside a response; DatasetError,
 *   LmError.
 */
export async function readPrompts(config: RunConfig, reader: PromptReader): Promise<RunPrompts> {
  const { prompts: settings, sampling, seed } = config
  if (!settings) throw new PrefkitError('INVALID_CONFIG', 'prompts: expected a section prompts with files')
  const context = contextLength(reader.model)
  requireRoom('sampling.maxNewTokens', sampling.maxNewTokens, context)
  const room = context - sampling.maxNewTokens
  const longest = Math.min(settings.maxTokens, room)
  const all = await readFiles(settings.files, config, reader)
  const other = settings.heldOutFiles
    ? await readFiles(settings.heldOutFiles, config, reader, 'held-out-')
    : undefined
  const fits = ({ tokens }: LoopPrompt): boolean => tokens.length <= longest
  const share = other ? 0 : settings.heldOut
  const kept = all.filter(fits)
  const { train: rest, heldOut } = splitByText(kept, ({ text }) => text, { share, seed })
  const isTested = amongPrompts(other ?? heldOut)
  const train = rest.filter((prompt) => !isTested(prompt))
  const [tooLong, alsoHeldOut] = [all.length - kept.length, rest.length - train.length]
  if (train.length === 0) {
    const lost = { all, longest, tooLong, heldOut: heldOut.length, alsoHeldOut }
    throw noPromptLeft({ prompts: settings, sampling }, lost)
  }
  const tests = other?.filter(fits) ?? heldOut
  const longTests = other ? other.length - tests.length : 0
  return { train, heldOut: tests, tooLong: tooLong + longTests, alsoHeldOut }
}

/** The same, and none where the run has no prompts. @throws as {@link readPrompts}. */
export const promptsOfRun = async (config: RunConfig, reader: PromptReader): Promise<RunPrompts> =>
  config.prompts ? readPrompts(config, reader) : { train: [], heldOut: [], tooLong: 0, alsoHeldOut: 0 }
