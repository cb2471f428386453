import { excerpt } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { LmError } from '../lm-error'
import { contextLength } from '../models/context-length'

/** One text to learn from or to be asked about. */
export interface Datum {
  /** Token ids of all of it: the prompt, then what follows. */
  readonly tokens: ArrayLike<number>
  /**
   * For each token, 1 where it is a target: a token of a completion, whose log-probability a loss sees; else 0. The first
   * token is never one, as nothing comes before it.
   */
  readonly completionMask: ArrayLike<number>
  /**
   * Tokens that may come after all of `tokens`, such as the spellings of yes and no after a question: a loss sees the
   * log-probability of each. All data of a batch have as many. Default: none.
   */
  readonly candidates?: ArrayLike<number>
  /**
   * What a loss sees beside log-probabilities, by name: a number, or a list with one for each target, such as advantages.
   * All data of a batch have the same names, and of each name all have a number, or all a list. Finite.
   */
  readonly inputs?: DatumInputs
}

/** Numbers for a loss, by name: one for the datum, or one for each of its targets. */
export type DatumInputs = Readonly<Record<string, number | ArrayLike<number>>>

/** A prompt and its completion as a datum: the completion's tokens are the targets. */
export function completionDatum(
  prompt: ArrayLike<number>,
  completion: ArrayLike<number>,
  inputs?: DatumInputs,
): Datum {
  const tokens = [...Array.from(prompt), ...Array.from(completion)]
  const completionMask = tokens.map((_, i) => Number(i >= prompt.length))
  return { tokens, completionMask, ...(inputs ? { inputs } : {}) }
}

/** Where a datum's targets stand among its tokens. */
export function targetPlaces({ completionMask }: Datum): number[] {
  const places: number[] = []
  for (let i = 0; i < completionMask.length; i++) if (completionMask[i] === 1) places.push(i)
  return places
}

/**
 * @throws LmError `EMPTY_INPUT` for no data, or a datum without tokens; `UNKNOWN_TOKEN`, `CONTEXT_TOO_LONG`;
 *   `INVALID_OPTION` for masks and inputs that do not fit. Messages name the datum by its place.
 */
export function requireData(config: ModelConfig, data: readonly Datum[]): void {
  if (data.length === 0) throw new LmError('EMPTY_INPUT', 'data: expected at least one datum, got none')
  data.forEach((datum, i) => {
    requireTokens(config, datum, `data[${i}]`)
    requireMask(datum, `data[${i}]`)
    requireCandidates(config, datum, data[0]!, `data[${i}]`)
    requireInputs(datum, data[0]!, `data[${i}]`)
  })
}

const inputNames = ({ inputs = {} }: Datum): string[] => Object.keys(inputs).sort()

function requireTokens(config: ModelConfig, { tokens }: Datum, at: string): void {
  if (!(tokens?.length > 0))
    throw new LmError('EMPTY_INPUT', `${at}: tokens: expected at least one, got none`)
  const context = contextLength(config)
  if (tokens.length > context) {
    const problem = `${tokens.length} tokens are more than the context, ${context}`
    throw new LmError('CONTEXT_TOO_LONG', `${at}: ${problem}`)
  }
  requireKnown(config, tokens, `${at}: tokens`)
}

function requireKnown(config: ModelConfig, ids: ArrayLike<number>, at: string): void {
  const known = (id: number) => Number.isInteger(id) && id >= 0 && id < config.vocabSize
  const unknown = Array.prototype.find.call(ids, (id: number) => !known(id))
  if (unknown === undefined) return
  const expected = `expected token ids from 0 to ${config.vocabSize - 1}`
  throw new LmError('UNKNOWN_TOKEN', `${at}: ${expected}, got ${excerpt(unknown)}`)
}

function requireCandidates(config: ModelConfig, { candidates }: Datum, first: Datum, at: string): void {
  const count = first.candidates?.length
  if (candidates?.length !== count || count === 0) {
    const expected = count
      ? `${count} token ids, as many as data[0] has`
      : 'at least one, or none in all data'
    const problem = `expected ${expected}, got ${excerpt(candidates?.length)}`
    throw new LmError('INVALID_OPTION', `${at}: candidates: ${problem}`)
  }
  if (candidates) requireKnown(config, candidates, `${at}: candidates`)
}

function requireMask({ tokens, completionMask }: Datum, at: string): void {
  const got = completionMask?.length
  if (got !== tokens.length) {
    const problem = `expected ${tokens.length} numbers, as many as tokens, got ${excerpt(got)}`
    throw new LmError('INVALID_OPTION', `${at}: completionMask: ${problem}`)
  }
  const wrong = Array.prototype.find.call(completionMask, (each: number) => each !== 0 && each !== 1)
  if (wrong !== undefined) {
    throw new LmError('INVALID_OPTION', `${at}: completionMask: expected 0 or 1, got ${excerpt(wrong)}`)
  }
  if (completionMask[0] === 0) return
  const problem = 'the first token has none before it, so it cannot be a target'
  throw new LmError('INVALID_OPTION', `${at}: completionMask: ${problem}`)
}

function requireInputs(datum: Datum, first: Datum, at: string): void {
  const [own, names] = [inputNames(datum), inputNames(first)]
  if (`${own}` !== `${names}`) {
    const problem = `expected those of data[0], ${excerpt(names)}, got ${excerpt(own)}`
    throw new LmError('INVALID_OPTION', `${at}: inputs: ${problem}`)
  }
  const count = targetPlaces(datum).length
  const refuse = (name: string, problem: string): never => {
    throw new LmError('INVALID_OPTION', `${at}: inputs: ${name}: ${problem}`)
  }
  for (const [name, value] of Object.entries(datum.inputs ?? {})) {
    const single = typeof value === 'number'
    if (!single && value?.length !== count) {
      const got = excerpt(value?.length ?? value)
      refuse(name, `expected a number, or ${count}, as many as targets, got ${got}`)
    }
    // A loss sees [B] or [B, L], and rows may be computed apart.
    if (single !== (typeof first.inputs![name] === 'number')) {
      refuse(
        name,
        `expected ${single ? 'a list' : 'a number'}, as data[0] has, got ${single ? value : 'a list'}`,
      )
    }
    const wrong = Array.prototype.findIndex.call(single ? [value] : value, (each) => !Number.isFinite(each))
    if (wrong >= 0) {
      const place = single ? '' : `[${wrong}]`
      refuse(`${name}${place}`, `expected a finite number, got ${single ? value : value[wrong]}`)
    }
  }
}
