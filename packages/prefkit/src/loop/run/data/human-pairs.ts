import {
  type Comparison,
  type DialectName,
  dialectNames,
  promptText,
  readComparisons,
  responseText,
} from '@prefkit/datasets'
import { contextLength, type ModelConfig } from '@prefkit/lm'
import { type Encoding, encodeCompletion } from '../../../lm/encode-prompt'
import { PrefkitError } from '../../../prefkit-error'
import type { WorkOptions } from '../../../reward/progress'
import { readProgress } from '../../../reward/read-progress'
import type { PreferencePair } from '../../prompts/preference-pair'
import type { RunConfig } from '../config/run-config'

type Settings = Extract<NonNullable<RunConfig['comparisons']>, { source: 'human' }>

/** Checks a name of a form of data sets. @throws PrefkitError `INVALID_CONFIG`. */
export function requireDialect(given: string | undefined): DialectName | undefined {
  const dialect = dialectNames.find((name) => name === given)
  if (dialect || given === undefined) return dialect
  const problem = `expected one of ${dialectNames.join(', ')}, got ${given}`
  throw new PrefkitError('INVALID_CONFIG', `comparisons.dialect: ${problem}`)
}

/** A prompt of messages stays one. */
const promptOf = ({ prompt }: Comparison) =>
  typeof prompt === 'string' ? prompt : prompt.map(({ role, content }) => ({ role, content }))

/** What is the same at the beginning of both. */
function commonStart(one: readonly number[], other: readonly number[]): readonly number[] {
  const end = one.findIndex((id, i) => id !== other[i])
  return end < 0 ? one : one.slice(0, end)
}

/** Up to where the model itself would have ended: what a template adds after that, it never writes. */
function untilEnd(tokens: readonly number[], ends: ReadonlySet<number>): readonly number[] {
  const end = tokens.findIndex((id) => ends.has(id))
  return end < 0 ? tokens : tokens.slice(0, end + 1)
}

/** How comparisons are written for a model. */
interface PairWriting {
  readonly encoding: Encoding
  readonly ends: ReadonlySet<number>
  readonly model: RunConfig['model']
}

/** A comparison as the model reads it: both responses after the same tokens. */
function pairOf(
  comparison: Comparison,
  { encoding, ends, model: { chat, system } }: PairWriting,
): PreferencePair {
  const { id, preference } = comparison
  const encoded = (response: Comparison['chosen']) => {
    const text = responseText(response)
    const row = { place: id, prompt: promptOf(comparison), completion: text }
    return { text, ...encodeCompletion(encoding, row, { chat, system, ends: true }) }
  }
  const [chosen, rejected] = [encoded(comparison.chosen), encoded(comparison.rejected)]
  // A token may have a part of the prompt and one of the response.
  const prompt = commonStart(chosen.prompt, rejected.prompt)
  const responseOf = ({ text, ...all }: typeof chosen) => {
    const rest = [...all.prompt.slice(prompt.length), ...all.completion]
    return { text, tokens: untilEnd(rest, ends) }
  }
  return {
    prompt: { id, text: promptText(comparison), tokens: prompt },
    ...{ chosen: responseOf(chosen), rejected: responseOf(rejected) },
    ...(preference !== undefined && { preference }),
  }
}

/** Tokens that prompt and response may have, at most. */
export const longestPair = ({ maxTokens }: Pick<Settings, 'maxTokens'>, model: ModelConfig): number =>
  Math.min(maxTokens ?? Number.POSITIVE_INFINITY, contextLength(model))

/** How comparisons are read. */
export interface HumanPairsOptions extends WorkOptions {
  /** Tokens after which the model's responses end. Default: the one that the tokeniser says ends texts. */
  readonly ends?: readonly number[]
}

/**
 * Comparisons of people, out of files. Their responses end where the model's own do.
 * @throws DatasetError for files that cannot be read; PrefkitError `INVALID_CONFIG` for an unknown dialect; LmError.
 */
export async function* humanPairs(
  { files, dialect, limit = Number.POSITIVE_INFINITY }: Settings,
  encoding: Encoding,
  { model }: Pick<RunConfig, 'model'>,
  { ends, ...work }: HumanPairsOptions = {},
): AsyncGenerator<PreferencePair> {
  const known = requireDialect(dialect)
  const reader = readComparisons(files, known === undefined ? {} : { dialect: known })
  const { eos } = encoding.tokenizer.specialTokens
  const writing = { encoding, model, ends: new Set(ends ?? (eos ? [eos.id] : [])) }
  let count = 0
  for await (const comparison of readProgress(reader, files, work)) {
    if (count++ >= limit) return
    yield pairOf(comparison, writing)
  }
}
