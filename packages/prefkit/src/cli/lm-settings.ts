import { resolve } from 'node:path'
import type { BackendChoice } from '@prefkit/tensor'
import type { SamplingChoice } from '../lm/generate-file'
import type { ModelChoice } from '../lm/open-language-model'

/** Options of commands that run a model. */
export interface ModelOptions {
  readonly adapter?: string
  readonly tokenizer?: string
  readonly chatTemplate?: string
  readonly backend: BackendChoice
}

/** Options of commands that draw tokens. */
export interface DrawingOptions {
  readonly maxNewTokens: number
  readonly temperature?: number
  readonly topK?: number
  readonly topP?: number
  readonly minP?: number
  readonly repetitionPenalty?: number
  readonly stop?: string[]
  readonly seed: number
}

/** A path from the root, where one was given. */
export const resolvedPath = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : resolve(path)

/** Which model runs where, out of the command line. */
export const modelChoice = (
  model: string,
  { adapter, tokenizer, chatTemplate, backend }: ModelOptions,
): ModelChoice => ({
  model: resolve(model),
  adapter: resolvedPath(adapter),
  tokenizer: resolvedPath(tokenizer),
  chatTemplate: resolvedPath(chatTemplate),
  backend,
})

/** How tokens are drawn, out of the command line; checked where they are. */
export const samplingChoice = (options: DrawingOptions): SamplingChoice => {
  const { maxNewTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed } = options
  const given = { maxNewTokens, temperature, topK, topP, minP, repetitionPenalty, stop, seed }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
