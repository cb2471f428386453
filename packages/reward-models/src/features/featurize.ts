import { checkVectors } from '../embedders/check-vectors'
import type { Embedder, EmbedOptions } from '../embedders/embedder'
import type { Matrix } from '../matrix'
import { type FeaturePart, partRules } from './feature-parts'

/** A response to a prompt, as plain text. */
export interface PromptedResponse {
  /** `''` where there is none. */
  readonly prompt: string
  readonly response: string
}

/**
 * The features of each response: its parts side by side as blocks, one row each. Every distinct text is embedded once;
 * progress counts those.
 * @throws RewardModelError `INVALID_OPTION` for parts that do not exist; `EMBEDDING_FAILED` and `NOT_FINITE`, naming
 *   the embedder, unless it gave one vector of finite numbers for each text; what the embedder throws.
 */
export async function featurize(
  items: readonly PromptedResponse[],
  { embedder, parts }: { readonly embedder: Embedder; readonly parts: readonly FeaturePart[] },
  options: EmbedOptions = {},
): Promise<Matrix> {
  const rules = partRules(parts)
  const readsPrompt = rules.some((rule) => rule.readsPrompt)
  const readsResponse = rules.some((rule) => rule.readsResponse)
  const texts = new Map<string, number>()
  for (const { prompt, response } of items) {
    if (readsPrompt && !texts.has(prompt)) texts.set(prompt, texts.size)
    if (readsResponse && !texts.has(response)) texts.set(response, texts.size)
  }
  const vectors = await embedDistinct([...texts.keys()], embedder, options)
  const blocks = rules.map((rule) => rule.columns(vectors.columns))
  const columns = blocks.reduce((sum, width) => sum + width, 0)
  const data = new Float32Array(items.length * columns)
  const vectorOf = (text: string) => rowOf(vectors, texts.get(text))
  items.forEach(({ prompt, response }, row) => {
    const source = { prompt: vectorOf(prompt), response: vectorOf(response), text: response }
    let at = row * columns
    for (const rule of rules) {
      const values = rule.values(source)
      data.set(values, at)
      at += values.length
    }
  })
  return { data, rows: items.length, columns, blocks }
}

async function embedDistinct(
  texts: readonly string[],
  embedder: Embedder,
  options: EmbedOptions,
): Promise<Matrix> {
  if (texts.length === 0) return { data: new Float32Array(0), rows: 0, columns: 0 }
  return checkVectors(await embedder.embed(texts, options), texts, { source: `embedder ${embedder.id}` })
}

const rowOf = ({ data, columns }: Matrix, row: number | undefined): Float32Array =>
  row === undefined ? new Float32Array(columns) : data.subarray(row * columns, (row + 1) * columns)
