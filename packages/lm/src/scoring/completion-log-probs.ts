import { asItIs, type LanguageModel, type Runner } from '../running/language-model'
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

/** A prompt and what follows it, in token ids. */
export interface PromptCompletion {
  /** At least one token. */
  readonly prompt: ArrayLike<number>
  /** May be empty. */
  readonly completion: ArrayLike<number>
}

/** ln p of the completions of some items, computed together. */
async function scoreTogether(
  model: Runner,
  items: readonly PromptCompletion[],
  settings: ScoringSettings,
): Promise<Float32Array[]> {
  // What follows the last token is not asked.
  const batch = padRows(
    items.map(({ prompt, completion }) => [...Array.from(prompt), ...Array.from(completion)].slice(0, -1)),
  )
  const at = items.flatMap(({ prompt, completion }, row) =>
    Array.from(completion, (_, i) => row * batch.length + prompt.length - 1 + i),
  )
  const targets = items.flatMap(({ completion }) => Array.from(completion))
  const { logProbs } = await runInPasses(model, { batch, at, targets, logitsOf: 1 }, settings)
  return splitBy(
    logProbs,
    items.map(({ completion }) => completion.length),
  )
}

/**
 * Log-probabilities of given completions, token by token. Items of about one length are computed together.
 * @returns for each item, in order, ln p of each token of its completion after all before it.
 * @throws LmError `EMPTY_INPUT` for a prompt without tokens, `CONTEXT_TOO_LONG`, `UNKNOWN_TOKEN`, `INVALID_OPTION`; the reason
 *   of `signal`.
 */
export async function completionLogProbs(
  model: LanguageModel,
  items: readonly PromptCompletion[],
  options: ScoringOptions = {},
): Promise<Float32Array[]> {
  const settings = scoringSettings('completionLogProbs', options)
  const { passTokens, signal, progress } = settings
  requireList('items', items)
  items.forEach(({ prompt, completion }, i) => {
    requirePrompt(model, `items[${i}].prompt`, prompt)
    requireTokenIds(`items[${i}].completion`, completion, model.config.vocabSize)
    requireRoom(model, `items[${i}]`, prompt.length + completion.length)
  })
  const runner = asItIs(model)
  const results: Float32Array[] = items.map(() => new Float32Array(0))
  const asked = items.flatMap(({ completion }, i) => (completion.length > 0 ? [i] : []))
  const lengths = asked.map((i) => items[i]!.prompt.length + items[i]!.completion.length - 1)
  let done = items.length - asked.length
  if (done > 0) progress(done, items.length)
  for (const batch of batchesByLength(lengths, passTokens)) {
    const indices = batch.map((k) => asked[k]!)
    const found = await scoreTogether(
      runner,
      indices.map((i) => items[i]!),
      settings,
    )
    indices.forEach((i, k) => {
      results[i] = found[k]!
    })
    done += indices.length
    signal?.throwIfAborted()
    progress(done, items.length)
  }
  return results
}
