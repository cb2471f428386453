import { RewardModelError } from '../reward-model-error'
import { checks, type OptionCheck, optional, resolveOptions } from './check-options'
import type { Embedder } from './embedder'
import type { EmbedderKind, EmbedderOptionsByKind, EmbedderSpec, PrecomputedFiles } from './embedder-spec'
import { hashedNgrams } from './hashed-ngrams'
import { openAIEmbeddings } from './openai-embeddings'
import { precomputed } from './precomputed'
import { readTextList } from './read-text-list'
import { readVectors } from './read-vectors'
import { sentenceEncoder } from './sentence-encoder'
import { transformersEmbedder } from './transformers-embedder'

/** What an embedder needs that its description does not hold. */
export interface EmbedderSecrets {
  /** Key of the API of `openai`. Default: as `openAIEmbeddings`. */
  apiKey?: string | undefined
}

type Factories = {
  [Kind in EmbedderKind]: (
    options: EmbedderOptionsByKind[Kind],
    secrets: EmbedderSecrets,
  ) => Embedder | Promise<Embedder>
}

const factories: Factories = {
  hashedNgrams,
  sentenceEncoder,
  openai: (options, { apiKey }) => {
    if ('apiKey' in options) {
      throw new RewardModelError('INVALID_OPTION', 'createEmbedder: apiKey: a description may not hold a key')
    }
    return openAIEmbeddings({ ...options, apiKey })
  },
  transformers: transformersEmbedder,
  precomputed: createPrecomputed,
}

/** The kinds of embedders that {@link createEmbedder} makes. */
export const embedderKinds = Object.keys(factories) as readonly EmbedderKind[]

/**
 * The embedder that a description stands for. Equal descriptions give embedders with equal ids; files of `precomputed`
 * are read at once, everything else is loaded when the first texts are embedded.
 * @throws RewardModelError (as a rejection) `INVALID_OPTION` naming the field, its value and what was expected, for
 *   descriptions that come from a file too; as `readVectors` and `precomputed`.
 */
export async function createEmbedder(spec: EmbedderSpec, secrets: EmbedderSecrets = {}): Promise<Embedder> {
  const given: unknown = spec
  const kind = typeof given === 'object' && given !== null ? (given as { kind?: unknown }).kind : undefined
  if (!embedderKinds.includes(kind as EmbedderKind)) {
    const got = JSON.stringify(kind ?? given) ?? 'nothing'
    const message = `createEmbedder: kind: expected one of ${embedderKinds.join(', ')}, got ${got}`
    throw new RewardModelError('INVALID_OPTION', message)
  }
  return create(spec, secrets)
}

function create<Kind extends EmbedderKind>(
  { kind, ...options }: { kind: Kind } & EmbedderOptionsByKind[Kind],
  secrets: EmbedderSecrets,
) {
  // What is left of a kind's options and its kind are these options; the compiler cannot subtract from an open type.
  return factories[kind](options as unknown as EmbedderOptionsByKind[Kind], secrets)
}

const table: Readonly<Record<keyof PrecomputedFiles, OptionCheck>> = {
  vectors: checks.text,
  texts: checks.text,
  tensor: optional(checks.text),
}

async function createPrecomputed(given: PrecomputedFiles): Promise<Embedder> {
  const defaults = { vectors: '', texts: '', tensor: undefined }
  const { vectors, texts, tensor } = resolveOptions<PrecomputedFiles>('precomputed', given, defaults, table)
  const matrix = await readVectors(vectors, { tensor })
  const list = await readTextList(texts)
  if (list.length === matrix.rows) return precomputed(matrix, list)
  const message = `${texts}: expected a text for each of the ${matrix.rows} rows of ${vectors}, got ${list.length}`
  throw new RewardModelError('INVALID_FILE', message)
}
