import type { GenerationConfig } from '../config/generation-config'
import type { MaybeLoaded } from '../running/loaded-language-model'
import {
  type GenerateOptions,
  type GenerateSettings,
  requireNumbers,
  resolveSettings,
} from './generate-options'

/** What transformers draws among when a generation_config.json does not say. */
const topKOfTransformers = 50

/** How a model's makers suggest that tokens be drawn. */
function suggestedDrawing({ temperature = 1, topK = topKOfTransformers, topP, minP }: GenerationConfig) {
  return { temperature, topK, topP, minP }
}

const said = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T> // fewer of them

/**
 * Options with the suggestions of a model's makers where the options say nothing, as transformers takes them: the most
 * probable token unless `do_sample` is set, or a temperature is asked for. A `max_length` is of each prompt by itself.
 * @throws LmError as `resolveSettings`; `INVALID_OPTION` that names generation_config.json where that is at fault.
 */
export function suggestedSettings(
  owner: string,
  model: MaybeLoaded,
  options: GenerateOptions,
): GenerateSettings {
  const suggested = model.generationConfig
  const { maxLength, maxNewTokens = maxLength, repetitionPenalty, doSample = false } = suggested ?? {}
  const samples = options.temperature === undefined ? doSample : options.temperature > 0
  const drawing = suggested && samples ? suggestedDrawing(suggested) : { temperature: 0 }
  const given = said(options)
  // What an option says instead is not asked for.
  const taken = Object.entries(said({ ...drawing, repetitionPenalty, maxNewTokens }))
  const suggestions = Object.fromEntries(taken.filter(([name]) => !Object.hasOwn(given, name)))
  requireNumbers(`${owner}: generation_config.json`, suggestions)
  const byLength = given.maxNewTokens === undefined && suggested?.maxNewTokens === undefined
  return resolveSettings(owner, model, { ...suggestions, ...given }, byLength ? maxLength : undefined)
}
