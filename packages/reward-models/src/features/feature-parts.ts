import { RewardModelError } from '../reward-model-error'
import { surfaceFeatureNames, surfaceFeatures } from './surface-features'

/**
 * One block of features, of the response's vector r and the prompt's vector p: `response` is r, `prompt` is p,
 * `product` is p ∘ r, `difference` is |p − r|, `cosine` is their cosine, `surface` is the response's length, vocabulary
 * and punctuation.
 */
export type FeaturePart = 'response' | 'prompt' | 'product' | 'difference' | 'cosine' | 'surface'

/** What a part is made of. */
export interface FeatureSource {
  readonly prompt: Float32Array
  readonly response: Float32Array
  /** Text of the response. */
  readonly text: string
}

interface PartRule {
  /** Columns of the part for vectors of this many dimensions. */
  readonly columns: (dimensions: number) => number
  /** True when the prompt has to be embedded for it. */
  readonly readsPrompt: boolean
  /** True when the response has to be embedded for it. */
  readonly readsResponse: boolean
  readonly values: (source: FeatureSource) => ArrayLike<number>
}

const same = (dimensions: number) => dimensions

const rules: Readonly<Record<FeaturePart, PartRule>> = {
  response: {
    columns: same,
    readsPrompt: false,
    readsResponse: true,
    values: ({ response }) => response,
  },
  prompt: { columns: same, readsPrompt: true, readsResponse: false, values: ({ prompt }) => prompt },
  product: {
    columns: same,
    readsPrompt: true,
    readsResponse: true,
    values: ({ prompt, response }) => response.map((r, i) => r * prompt[i]!),
  },
  difference: {
    columns: same,
    readsPrompt: true,
    readsResponse: true,
    values: ({ prompt, response }) => response.map((r, i) => Math.abs(r - prompt[i]!)),
  },
  cosine: {
    columns: () => 1,
    readsPrompt: true,
    readsResponse: true,
    values: ({ prompt, response }) => [cosine(prompt, response)],
  },
  surface: {
    columns: () => surfaceFeatureNames.length,
    readsPrompt: false,
    readsResponse: false,
    values: ({ text }) => surfaceFeatures(text),
  },
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

/** 0 where one of the vectors is 0, such as that of an empty prompt. */
function cosine(a: Float32Array, b: Float32Array): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths > 0 ? dot(a, b) / lengths : 0
}

/** The names of the parts. */
export const featurePartNames = Object.keys(rules) as readonly FeaturePart[]

/**
 * The rules of these parts.
 * @throws RewardModelError `INVALID_OPTION` for none, one that is unknown, or one that is named twice.
 */
export function partRules(parts: readonly FeaturePart[]): readonly PartRule[] {
  const wrong = parts.find((part, i) => !Object.hasOwn(rules, part) || parts.indexOf(part) !== i)
  if (parts.length > 0 && wrong === undefined) return parts.map((part) => rules[part])
  const found = wrong === undefined ? 'none' : `${wrong}${Object.hasOwn(rules, wrong) ? ' twice' : ''}`
  const message = `parts: expected some of ${featurePartNames.join(', ')}, each once; got ${found}`
  throw new RewardModelError('INVALID_OPTION', message)
}
