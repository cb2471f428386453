import { LmError } from '../lm-error'
import type { KeyValueCache } from '../running/key-value-cache'
import { asItIs, type LanguageModel, logProbOf, type Runner } from '../running/language-model'
import { requireList, requireTokenIds } from '../running/require-token-ids'
import { runInPasses } from '../running/run-in-passes'
import { padRows } from '../running/token-rows'
import {
  batchesByLength,
  requirePrompt,
  requireRoom,
  type ScoringOptions,
  type ScoringSettings,
  scoringSettings,
  splitBy,
} from './scoring-options'

/** Tokens of copies of the prompt's cache at a time, for each token of a pass. */
const cachedPerPassToken = 16

/** ln p of all but the first token of continuations, on copies of the prompt's cache. */
async function scoreRest(
  model: Runner,
  cache: KeyValueCache,
  continuations: readonly ArrayLike<number>[],
  settings: ScoringSettings,
): Promise<Float32Array[]> {
  const inputs = continuations.map((tokens) => Array.from(tokens).slice(0, -1))
  const batch = padRows(inputs, { firstPosition: cache.length })
  const at = inputs.flatMap((tokens, row) => tokens.map((_, i) => row * batch.length + i))
  const targets = continuations.flatMap((tokens) => Array.from(tokens).slice(1))
  const copies = cache.select(inputs.map(() => 0))
  const { logProbs } = await runInPasses(model, { batch, cache: copies, at, targets, logitsOf: 1 }, settings)
  return splitBy(
    logProbs,
    inputs.map(({ length }) => length),
  )
}

/** The prompt, computed once: its cache, and ln p of every token after it. */
async function readPrompt(model: Runner, prompt: ArrayLike<number>, settings: ScoringSettings) {
  const cache = model.createCache(1)
  const batch = padRows([prompt])
  const last = await runInPasses(model, { batch, cache, at: [batch.length - 1] }, settings)
  return { cache, logProbAfter: (id: number) => logProbOf(last.logits[id]!, last.logNormalizers, 0) }
}

/**
 * Log-probabilities of many continuations of one prompt, which is computed once.
 * @param prompt token ids, at least one.
 * @param continuations token ids of each; those without tokens give an empty array.
 * @returns for each continuation, in order, ln p of each of its tokens after all before it.
 * @throws LmError `EMPTY_INPUT` for a prompt without tokens or no continuations, `CONTEXT_TOO_LONG`, `UNKNOWN_TOKEN`,
 *   `INVALID_OPTION`; the reason of `signal`.
 */
export async function continuationLogProbs(
  model: LanguageModel,
  prompt: ArrayLike<number>,
  continuations: readonly ArrayLike<number>[],
  options: ScoringOptions = {},
): Promise<Float32Array[]> {
  const settings = scoringSettings('continuationLogProbs', options)
  const { passTokens, signal, progress } = settings
  requirePrompt(model, 'prompt', prompt)
  requireList('continuations', continuations)
  if (continuations.length === 0) {
    throw new LmError('EMPTY_INPUT', 'continuations: expected at least one, got none')
  }
  continuations.forEach((tokens, i) => {
    requireTokenIds(`continuations[${i}]`, tokens, model.config.vocabSize)
    requireRoom(model, `continuations[${i}] after the prompt`, prompt.length + tokens.length)
  })
  const runner = asItIs(model)
  const { cache, logProbAfter } = await readPrompt(runner, prompt, settings)
  const results = continuations.map((tokens) => Float32Array.from(tokens, logProbAfter).subarray(0, 1))
  const longer = continuations.flatMap(({ length }, i) => (length > 1 ? [i] : []))
  let done = continuations.length - longer.length
  signal?.throwIfAborted()
  if (done > 0) progress(done, continuations.length)
  const rows = Math.max(1, Math.floor((passTokens * cachedPerPassToken) / prompt.length))
  const lengths = longer.map((i) => continuations[i]!.length - 1)
  const batches = batchesByLength(lengths, passTokens).flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.length / rows) }, (_, i) => batch.slice(i * rows, (i + 1) * rows)),
  )
  for (const batch of batches) {
    const indices = batch.map((k) => longer[k]!)
    const together = indices.map((i) => continuations[i]!)
    const rest = await scoreRest(runner, cache, together, settings)
    indices.forEach((i, k) => {
      results[i] = Float32Array.of(results[i]![0]!, ...rest[k]!)
    })
    done += indices.length
    signal?.throwIfAborted()
    progress(done, continuations.length)
  }
  return results
}
