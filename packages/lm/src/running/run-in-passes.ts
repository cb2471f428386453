import type { Runner, RunRequest, RunResult } from './language-model'
import type { TokenRows } from './token-rows'

/** Columns `start` to `end` of a batch. */
function columns(batch: TokenRows, start: number, end: number): TokenRows {
  const length = end - start
  const cut = (values: Int32Array): Int32Array => {
    const part = new Int32Array(batch.rows * length)
    for (let row = 0; row < batch.rows; row++) {
      const at = row * batch.length
      part.set(values.subarray(at + start, at + end), row * length)
    }
    return part
  }
  const { ids, positions, segments } = batch
  return { rows: batch.rows, length, ids: cut(ids), positions: cut(positions), segments: cut(segments) }
}

/** The questions of a request that concern columns `start` to `end`, as indices of `at`, in their order. */
function asked({ at, batch }: RunRequest, start: number, end: number): number[] {
  return Array.from(at, (_, i) => i).filter((i) => {
    const column = at[i]! % batch.length
    return column >= start && column < end
  })
}

/** How much is computed at once, and until when. */
export interface PassOptions {
  /** Tokens of a pass, at most, and at least one of each row. */
  readonly passTokens: number
  /** Ends it before the next pass: its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** How many tokens the tokens of a full pass may always see. */
const alwaysSeen = 1024

/**
 * How many columns a pass may have after `past` others. It has no more scores of attention, of tokens by the tokens that they
 * see, than passTokens tokens that see twice as many, or 1,024.
 */
function widthOf(rows: number, past: number, passTokens: number): number {
  const scores = (passTokens * Math.max(2 * passTokens, alwaysSeen)) / rows
  // The root of width · (past + width) = scores.
  const seen = (Math.sqrt(past * past + 4 * scores) - past) / 2
  return Math.max(1, Math.floor(Math.min(passTokens / rows, seen)))
}

/**
 * {@link LanguageModel.run} in passes of at most `passTokens` tokens, the later ones on the cache of the earlier, and shorter the
 * more that has: what a pass takes in memory beside the cache (scores of attention, logits) does not grow with the length of
 * the batch.
 */
export async function runInPasses(
  model: Runner,
  request: RunRequest,
  { passTokens, signal }: PassOptions,
): Promise<RunResult> {
  const { batch, at, targets } = request
  const widthAfter = (past: number) => widthOf(batch.rows, past, passTokens)
  signal?.throwIfAborted()
  if (batch.length <= widthAfter(request.cache?.length ?? 0)) return model.run(request)
  const cache = request.cache ?? model.createCache(batch.rows)
  const wanted = request.logitsOf ?? at.length
  const { vocabSize } = model.config
  const logits = new Float32Array(wanted * vocabSize)
  const logProbs = new Float32Array(at.length)
  const logNormalizers = { max: new Float32Array(at.length), spread: new Float32Array(at.length) }
  for (let start = 0, end = 0; start < batch.length; start = end) {
    signal?.throwIfAborted()
    end = Math.min(batch.length, start + widthAfter(cache.length))
    const questions = asked(request, start, end)
    // A pass answers at least one question, also where there is none.
    const place = (i: number) =>
      Math.floor(at[i]! / batch.length) * (end - start) + (at[i]! % batch.length) - start
    const result = await model.run({
      batch: columns(batch, start, end),
      cache,
      at: questions.length > 0 ? questions.map(place) : [0],
      targets: questions.length > 0 ? questions.map((i) => targets?.[i] ?? 0) : [0],
      logitsOf: Math.max(1, questions.filter((i) => i < wanted).length),
    })
    questions.forEach((i, k) => {
      logProbs[i] = result.logProbs[k]!
      logNormalizers.max[i] = result.logNormalizers.max[k]!
      logNormalizers.spread[i] = result.logNormalizers.spread[k]!
      if (i < wanted) logits.set(result.logits.subarray(k * vocabSize, (k + 1) * vocabSize), i * vocabSize)
    })
  }
  return { logits, logProbs, logNormalizers }
}
