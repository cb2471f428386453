import { LmError } from '../lm-error'
import { contextLength } from '../models/context-length'
import { logProbOf } from '../running/language-model'
import type { MaybeLoaded } from '../running/loaded-language-model'
import { requireList, requireTokenIds } from '../running/require-token-ids'
import { padRows, type TokenRows } from '../running/token-rows'
import type { GenerateSettings } from './generate-options'
import type { NextTokens, OpenReader, Reader } from './reader'
import { type GeneratedToken, type Sequence, type SequenceName, startSequence } from './sequence'

/** A token and whose it is. */
export interface GeneratedEvent extends SequenceName {
  readonly token: GeneratedToken
}

/** @throws LmError `EMPTY_INPUT`, `CONTEXT_TOO_LONG`, `UNKNOWN_TOKEN`, `INVALID_OPTION`. */
export function requirePrompts(model: MaybeLoaded, prompts: readonly ArrayLike<number>[]): void {
  const { vocabSize } = model.config
  const context = contextLength(model.config)
  requireList('prompts', prompts)
  if (prompts.length === 0) throw new LmError('EMPTY_INPUT', 'prompts: expected at least one, got none')
  prompts.forEach((prompt, i) => {
    requireTokenIds(`${model.name}: prompts[${i}]`, prompt, vocabSize)
    const { length } = prompt
    if (length === 0) {
      const problem = 'has no token; begin a text with the token that begins all, where the model has one'
      throw new LmError('EMPTY_INPUT', `prompts[${i}]: ${problem}`)
    }
    if (length < context) return
    const problem = `${length} tokens leave no room for another in a context of ${context}`
    throw new LmError('CONTEXT_TOO_LONG', `${model.name}: prompts[${i}]: ${problem}`)
  })
}

/** The last tokens of sequences as a batch of one column; a sequence that has ended is padding. */
function lastTokens(sequences: readonly Sequence[]): TokenRows {
  const column = (of: (sequence: Sequence) => number) =>
    Int32Array.from(sequences, (sequence) => (sequence.finished ? 0 : of(sequence)))
  return {
    rows: sequences.length,
    length: 1,
    ids: column(({ last }) => last),
    positions: column(({ promptLength, length }) => promptLength + length - 1),
    segments: Int32Array.from(sequences, ({ finished }) => (finished ? 0 : 1)),
  }
}

/**
 * Continues rows of a reader, which leave it when they end, one token of each a step, until all have ended.
 * @param first what the model made of the prompts, and `rowOf` the row of it that is a sequence's.
 */
async function* continueRows(
  reader: Reader,
  vocabSize: number,
  sequences: readonly Sequence[],
  first: { readonly result: NextTokens; rowOf(i: number): number },
  settings: GenerateSettings,
): AsyncGenerator<readonly GeneratedEvent[]> {
  const { signal } = settings
  let rows = sequences
  let { result, rowOf } = first
  for (;;) {
    signal?.throwIfAborted()
    yield rows.flatMap((sequence, i): GeneratedEvent[] => {
      if (sequence.finished) return []
      const row = rowOf(i)
      const logits = result.logits.subarray(row * vocabSize, (row + 1) * vocabSize)
      const { prompt, sample } = sequence
      return [
        {
          prompt,
          sample,
          token: sequence.next(logits, (logit) => logProbOf(logit, result.logNormalizers, row)),
        },
      ]
    })
    const open = rows.flatMap(({ finished }, i) => (finished ? [] : [i]))
    if (open.length === 0) return
    signal?.throwIfAborted()
    // Leaving costs a copy of what stays in the cache, staying a row of every step.
    if (open.length * 2 <= rows.length) {
      reader.keep(open)
      rows = open.map((i) => rows[i]!)
    }
    const at = rows.map((_, i) => i)
    result = await reader.read(lastTokens(rows), at, settings)
    rowOf = (i) => i
  }
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)

/** Groups of at most `size`, in order. */
const groupsOf = <T>(items: readonly T[], size: number): T[][] =>
  range(0, Math.ceil(items.length / size)).map((i) => items.slice(i * size, (i + 1) * size))

/** Some prompts, computed once, and all that is asked to follow them. */
async function* continueGroup(
  model: MaybeLoaded,
  open: OpenReader,
  prompts: readonly ArrayLike<number>[],
  group: readonly number[],
  settings: GenerateSettings,
): AsyncGenerator<readonly GeneratedEvent[]> {
  const { n, firstIndex } = settings
  const batch = padRows(
    group.map((i) => prompts[i]!),
    { side: 'left' },
  )
  const reader = open(batch.rows)
  const at = group.map((_, row) => row * batch.length + batch.length - 1)
  const result = await reader.read(batch, at, settings)
  const names = group.flatMap((prompt, row) => range(0, n).map((sample) => ({ prompt, sample, row })))
  for (const together of groupsOf(names, settings.batchSize)) {
    const sequences = together.map(({ prompt, sample }) => {
      const name = { prompt: firstIndex + prompt, sample }
      return startSequence(model, prompts[prompt]!, name, settings)
    })
    const rows = together.map(({ row }) => row)
    const rowOf = (i: number) => rows[i]!
    // A single group may have the reader for itself.
    const own = names.length === group.length ? reader : reader.select(rows)
    yield* continueRows(own, model.config.vocabSize, sequences, { result, rowOf }, settings)
  }
}

/**
 * How many prompts are read together: the fewest whose continuations, `n` of each, leave no more than a tenth of the rows
 * that they are computed in empty. Never more than there are rows.
 */
export function promptsTogether(n: number, rows: number): number {
  if (rows % n === 0) return rows / n
  for (let prompts = 1; prompts < rows; prompts++) {
    const continuations = prompts * n
    if (continuations >= 0.9 * Math.ceil(continuations / rows) * rows) return prompts
  }
  return rows
}

/**
 * Continuations of prompts, token by token as they come. Prompts of about one length are computed together; what a
 * continuation is does not depend on which.
 * @param prompts token ids, checked by {@link requirePrompts}.
 * @param open what says which tokens may come next.
 */
export async function* continuePrompts(
  model: MaybeLoaded,
  prompts: readonly ArrayLike<number>[],
  settings: GenerateSettings,
  open: OpenReader,
): AsyncGenerator<readonly GeneratedEvent[]> {
  const byLength = range(0, prompts.length).sort((a, b) => prompts[b]!.length - prompts[a]!.length)
  const together = promptsTogether(settings.n, settings.batchSize)
  for (const group of groupsOf(byLength, together)) {
    yield* continueGroup(model, open, prompts, group, settings)
  }
}
