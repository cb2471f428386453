import { resolve } from 'node:path'
import type { EmbedderSpec } from '@prefkit/reward-models/embedders'
import { PrefkitError } from '../prefkit-error'

type Make = (argument: string | undefined, baseURL: string | undefined) => EmbedderSpec | undefined

/** A folder is named from the root, so that a saved model finds it from anywhere. */
const absolute = (model: string): string => (/^\.{1,2}\//.test(model) ? resolve(model) : model)

/** How each name of `--embedder` becomes a specification; undefined when its argument is missing. */
const makers: Readonly<Record<string, Make>> = {
  'hashed-ngrams': (dimensions) => ({
    kind: 'hashedNgrams',
    ...(dimensions !== undefined && { dimensions: Number(dimensions) }),
  }),
  sentence: () => ({ kind: 'sentenceEncoder' }),
  openai: (model, baseURL) => (model ? { kind: 'openai', model, ...(baseURL && { baseURL }) } : undefined),
  transformers: (model) => (model ? { kind: 'transformers', model: absolute(model) } : undefined),
}

/**
 * The embedder that a name of the command line stands for, such as `sentence` or `openai:text-embedding-3-small`.
 * @throws PrefkitError `INVALID_CONFIG` for a name that does not exist or lacks its argument.
 */
export function embedderOfName(name: string, baseURL?: string): EmbedderSpec {
  const [kind = '', ...rest] = name.split(':')
  const argument = rest.length > 0 ? rest.join(':') : undefined
  const spec = Object.hasOwn(makers, kind) ? makers[kind]!(argument, baseURL) : undefined
  if (spec) return spec
  const expected =
    'hashed-ngrams, hashed-ngrams:<dimensions>, sentence, openai:<model> or transformers:<model>'
  throw new PrefkitError('INVALID_CONFIG', `--embedder: expected ${expected}, got ${JSON.stringify(name)}`)
}
