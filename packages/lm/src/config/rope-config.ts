import { LmError } from '../lm-error'
import type { FieldReader } from './field-reader'

/** How rotary position embeddings are stretched to contexts longer than the model was first trained on. */
export type RopeScaling =
  /** All positions are divided by the factor. */
  | { readonly type: 'linear'; readonly factor: number }
  /** The base grows with the length of the longest sequence of a batch, beyond `max_position_embeddings`. */
  | {
      readonly type: 'dynamic'
      readonly factor: number
      /** Read and saved, and of no effect, as in transformers. */
      readonly originalMaxPositionEmbeddings?: number
    }
  /** Llama 3.1's: low frequencies are divided by the factor, high ones kept, those between interpolated. */
  | {
      readonly type: 'llama3'
      readonly factor: number
      readonly lowFreqFactor: number
      readonly highFreqFactor: number
      readonly originalMaxPositionEmbeddings: number
    }
  /** YaRN (2309.00071): as llama3 by another ramp, and attention is scaled. */
  | {
      readonly type: 'yarn'
      readonly factor: number
      readonly originalMaxPositionEmbeddings?: number
      readonly betaFast: number
      readonly betaSlow: number
      /** Scale of cos and sin; when not there, 0.1 ln(factor) + 1. */
      readonly attentionFactor?: number
    }

/** Rotary position embeddings. */
export interface RopeConfig {
  /** θ, the base of the wavelengths. */
  readonly theta: number
  readonly scaling?: RopeScaling
}

/** Reads a variant, given the fields that it is in. */
const variants: Readonly<Record<string, (fields: FieldReader) => RopeScaling | undefined>> = {
  default: () => undefined,
  linear: (fields) => ({ type: 'linear', factor: fields.positive('factor') }),
  dynamic: (fields) => ({ type: 'dynamic', factor: fields.positive('factor'), ...originalLength(fields) }),
  llama3: (fields) => ({
    type: 'llama3',
    factor: fields.positive('factor'),
    lowFreqFactor: fields.positive('low_freq_factor'),
    highFreqFactor: fields.positive('high_freq_factor'),
    originalMaxPositionEmbeddings: fields.whole('original_max_position_embeddings'),
  }),
  yarn: readYarn,
}

const originalLength = (fields: FieldReader) =>
  fields.has('original_max_position_embeddings')
    ? { originalMaxPositionEmbeddings: fields.whole('original_max_position_embeddings') }
    : {}

function readYarn(fields: FieldReader): RopeScaling {
  for (const name of ['mscale', 'mscale_all_dim']) {
    if (fields.has(name)) fields.refuse(name, 'none: DeepSeek’s variant of YaRN is not read')
  }
  if (!fields.boolean('truncate', true)) fields.refuse('truncate', 'true')
  return {
    type: 'yarn',
    factor: fields.positive('factor'),
    ...originalLength(fields),
    betaFast: fields.positive('beta_fast', 32),
    betaSlow: fields.positive('beta_slow', 1),
    ...(fields.has('attention_factor') ? { attentionFactor: fields.positive('attention_factor') } : {}),
  }
}

/**
 * The rotary embeddings of a config.json: `rope_theta` and `rope_scaling`, or `rope_parameters` as transformers 5
 * writes.
 * @throws LmError `UNKNOWN_ARCHITECTURE` for a scaling that is not known, `INVALID_CONFIG` for a field.
 */
export function readRope(fields: FieldReader): RopeConfig {
  const inner = fields.object('rope_parameters') ?? fields.object('rope_scaling')
  const theta = (inner?.has('rope_theta') ? inner : fields).positive('rope_theta', 10_000)
  const part = inner?.number('partial_rotary_factor', 1) ?? 1
  if (part !== 1 || fields.number('partial_rotary_factor', 1) !== 1) {
    throw new LmError(
      'UNKNOWN_ARCHITECTURE',
      `${fields.file}: partial_rotary_factor: expected 1, got another`,
    )
  }
  if (!inner) return { theta }
  const type = inner.text('rope_type', inner.text('type', 'default'))
  if (!Object.hasOwn(variants, type)) {
    const known = Object.keys(variants).join(', ')
    const problem = `rope_type: expected one of ${known}, got ${type.slice(0, 80)}`
    throw new LmError('UNKNOWN_ARCHITECTURE', `${inner.file}: ${problem}`)
  }
  const scaling = variants[type]!(inner)
  return { theta, ...(scaling ? { scaling } : {}) }
}

const jsonNames: Readonly<Record<string, string>> = {
  type: 'rope_type',
  factor: 'factor',
  lowFreqFactor: 'low_freq_factor',
  highFreqFactor: 'high_freq_factor',
  originalMaxPositionEmbeddings: 'original_max_position_embeddings',
  betaFast: 'beta_fast',
  betaSlow: 'beta_slow',
  attentionFactor: 'attention_factor',
}

/** The fields of a config.json that `readRope` reads back, in the form that every version of transformers takes. */
export const ropeToJson = ({ theta, scaling }: RopeConfig): Record<string, unknown> => ({
  rope_theta: theta,
  rope_scaling: scaling
    ? Object.fromEntries(Object.entries(scaling).map(([name, value]) => [jsonNames[name]!, value]))
    : null,
})
