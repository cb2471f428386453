import { type Datum, linearModules } from '@prefkit/lm'
import { loadCheckpoint } from '@prefkit/lm/files'
import { PrefkitError } from '../prefkit-error'
import type { CompletionRow } from './completion-rows'
import type { SftConfig } from './sft-config'

/**
 * Refuses an adapter of a rank that a map of the model cannot have: it would be larger than what it changes. No weight is read.
 * @throws PrefkitError `INVALID_CONFIG`; LmError for what is no model.
 */
export async function requireRank({ model, lora }: Pick<SftConfig, 'model' | 'lora'>): Promise<void> {
  if (!lora?.rank) return
  const { rank, targetModules: targets = 'all-linear' } = lora
  const { config, close } = await loadCheckpoint(model, { tokenizer: false })
  await close()
  const isTarget = (name: string): boolean =>
    targets === 'all-linear' || targets.some((target) => name === target || name.endsWith(`.${target}`))
  const sides = linearModules(config)
    .filter(({ name }) => isTarget(name))
    .map(({ name, inputs, outputs }) => ({ name, inputs, outputs, least: Math.min(inputs, outputs) }))
  const narrow = sides.toSorted((a, b) => a.least - b.least)[0]
  if (!narrow || rank <= narrow.least) return
  const { name, inputs, outputs, least } = narrow
  const problem = `expected at most ${least}, as ${name} maps ${inputs} numbers to ${outputs}, got ${rank}`
  throw new PrefkitError('INVALID_CONFIG', `--lora-rank: ${problem}`)
}

/**
 * Refuses parts of a batch that a text does not fit into.
 * @throws PrefkitError `INVALID_CONFIG` naming the file and line of the longest text.
 */
export function requireMicroBatch(
  { microBatchTokens }: Pick<SftConfig, 'microBatchTokens'>,
  data: readonly Datum[],
  rows: readonly Pick<CompletionRow, 'place'>[],
): void {
  if (microBatchTokens === undefined) return
  const lengths = data.map(({ tokens }) => tokens.length)
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0)
  if (microBatchTokens >= longest) return
  const where = rows[lengths.indexOf(longest)]!.place
  const problem = `expected at least ${longest}, the tokens of ${where}, got ${microBatchTokens}`
  throw new PrefkitError('INVALID_CONFIG', `--micro-batch-tokens: ${problem}`)
}
