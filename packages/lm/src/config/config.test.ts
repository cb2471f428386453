import { readdirSync, readFileSync } from 'node:fs'
import { anything, assert, constantFrom, dictionary, oneof, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goldenPath } from '../goldens/load-goldens'
import { LmError } from '../lm-error'
import { generationConfigToJson, parseGenerationConfig } from './generation-config'
import { modelConfigToJson } from './model-config-to-json'
import { parameterCount, parameterShapes } from './parameter-shapes'
import { parseModelConfig } from './parse-model-config'

const llama = {
  model_type: 'llama',
  vocab_size: 10,
  hidden_size: 8,
  intermediate_size: 12,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  max_position_embeddings: 16,
}
const gpt2 = { model_type: 'gpt2', vocab_size: 10, n_embd: 8, n_layer: 1, n_head: 2, n_positions: 16 }
const thrown = (action: () => unknown): unknown[] => {
  try {
    action()
  } catch (error) {
    if (LmError.isInstance(error)) return [error.code, error.message]
    throw error
  }
  return []
}

describe('parseModelConfig', () => {
  it('takes the defaults of transformers', () => {
    expect(parseModelConfig(llama)).toEqual({
      family: 'llama',
      vocabSize: 10,
      hiddenSize: 8,
      intermediateSize: 12,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      numKeyValueHeads: 4,
      headDim: 2,
      hiddenAct: 'silu',
      maxPositionEmbeddings: 16,
      rmsNormEps: 1e-6,
      rope: { theta: 10_000 },
      qkvBias: false,
      outputBias: false,
      mlpBias: false,
      qkNorm: false,
      slidingLayers: [],
      tieWordEmbeddings: false,
      eosTokenIds: [],
    })
    expect(parseModelConfig(gpt2)).toMatchObject({ intermediateSize: 32, tieWordEmbeddings: true })
  })

  const models = readdirSync(goldenPath('models')).filter((name) => !name.endsWith('.json'))
  it.each(models)('what modelConfigToJson writes of %s is read back the same', (name) => {
    const config = parseModelConfig(
      JSON.parse(readFileSync(goldenPath(`models/${name}/config.json`), 'utf8')),
    )
    const json = modelConfigToJson(config)
    expect(parseModelConfig(JSON.parse(JSON.stringify(json)))).toEqual(config)
  })

  it.each([
    [
      { rope_scaling: { type: 'linear', factor: 2 }, rope_theta: 5 },
      { theta: 5, scaling: { type: 'linear', factor: 2 } },
    ],
    [{ rope_parameters: { rope_type: 'default', rope_theta: 7 }, rope_theta: 5 }, { theta: 7 }],
    [
      { rope_scaling: { rope_type: 'dynamic', factor: 4, original_max_position_embeddings: 8 } },
      { theta: 10_000, scaling: { type: 'dynamic', factor: 4, originalMaxPositionEmbeddings: 8 } },
    ],
    [
      { rope_scaling: { rope_type: 'yarn', factor: 4, attention_factor: 1.1, beta_fast: 16 } },
      {
        theta: 10_000,
        scaling: { type: 'yarn', factor: 4, attentionFactor: 1.1, betaFast: 16, betaSlow: 1 },
      },
    ],
  ])('rope %j', (fields, rope) => {
    const config = parseModelConfig({ ...llama, ...fields })
    expect(config).toMatchObject({ rope })
    expect(parseModelConfig(modelConfigToJson(config))).toEqual(config)
  })

  it('windows are each family’s own', () => {
    const window = (fields: object) => {
      const { slidingWindow, slidingLayers } = parseModelConfig({
        ...llama,
        num_key_value_heads: 2,
        ...fields,
      }) as unknown as {
        slidingWindow?: number
        slidingLayers: boolean[]
      }
      return [slidingWindow, slidingLayers]
    }
    expect(window({ model_type: 'mistral' })).toEqual([4096, [true, true]])
    expect(window({ model_type: 'mistral', sliding_window: null })).toEqual([undefined, []])
    expect(window({ model_type: 'qwen2', sliding_window: 8 })).toEqual([undefined, []])
    const qwen3 = { model_type: 'qwen3', use_sliding_window: true, sliding_window: 8 }
    expect(window({ ...qwen3, max_window_layers: 1 })).toEqual([8, [false, true]])
    expect(window({ ...qwen3, layer_types: ['sliding_attention', 'full_attention'] })).toEqual([
      8,
      [true, false],
    ])
    expect(window({ ...qwen3, max_window_layers: 5 })).toEqual([undefined, []])
    expect(thrown(() => window({ ...qwen3, layer_types: ['x', 'full_attention'] }))[0]).toBe('INVALID_CONFIG')
    expect(thrown(() => window({ ...qwen3, layer_types: ['full_attention'] }))[0]).toBe('INVALID_CONFIG')
  })

  it.each([
    [
      { ...llama, model_type: 'mamba' },
      'UNKNOWN_ARCHITECTURE',
      /model_type: expected one of llama, .* got "mamba"/,
    ],
    [{ ...llama, model_type: 'toString' }, 'UNKNOWN_ARCHITECTURE', /got "toString"/],
    [{}, 'UNKNOWN_ARCHITECTURE', /got undefined/],
    [null, 'INVALID_CONFIG', /expected an object, got null/],
    [[], 'INVALID_CONFIG', /expected an object/],
    [{ ...llama, vocab_size: undefined }, 'INVALID_CONFIG', /vocab_size: expected a whole number from 1/],
    [{ ...llama, hidden_size: '8' }, 'INVALID_CONFIG', /hidden_size: .* got "8"/],
    [{ ...llama, num_hidden_layers: 2e9 }, 'INVALID_CONFIG', /num_hidden_layers: .* to 10000/],
    [{ ...llama, num_key_value_heads: 3 }, 'INVALID_CONFIG', /a divisor of num_attention_heads, 4, got 3/],
    [{ ...llama, head_dim: 3 }, 'INVALID_CONFIG', /head_dim: expected an even number/],
    [{ ...llama, hidden_act: 'relu' }, 'INVALID_CONFIG', /hidden_act: expected silu, got "relu"/],
    [{ ...llama, rms_norm_eps: 0 }, 'INVALID_CONFIG', /rms_norm_eps: expected a number above 0, got 0/],
    [{ ...llama, tie_word_embeddings: 1 }, 'INVALID_CONFIG', /tie_word_embeddings: expected true or false/],
    [{ ...llama, eos_token_id: ['a'] }, 'INVALID_CONFIG', /eos_token_id: expected a token id or several/],
    [{ ...llama, partial_rotary_factor: 0.5 }, 'UNKNOWN_ARCHITECTURE', /partial_rotary_factor/],
    [
      { ...llama, rope_scaling: { type: 'longrope' } },
      'UNKNOWN_ARCHITECTURE',
      /rope_scaling: rope_type: .*longrope/,
    ],
    [
      { ...llama, rope_scaling: { type: 'linear' } },
      'INVALID_CONFIG',
      /rope_scaling: factor: .* got undefined/,
    ],
    [{ ...llama, rope_scaling: { type: 'yarn', factor: 2, mscale: 1 } }, 'INVALID_CONFIG', /mscale/],
    [{ ...llama, rope_scaling: 'x' }, 'INVALID_CONFIG', /rope_scaling: expected an object, got "x"/],
    [
      { ...llama, quantization_config: { bits: 4 } },
      'UNKNOWN_ARCHITECTURE',
      /quantization_config: expected none/,
    ],
    [{ ...gpt2, n_head: 3 }, 'INVALID_CONFIG', /n_head: expected a divisor of n_embd, 8, got 3/],
    [{ ...gpt2, activation_function: 'gelu' }, 'INVALID_CONFIG', /activation_function/],
    [{ ...gpt2, add_cross_attention: true }, 'INVALID_CONFIG', /add_cross_attention/],
  ])('%j is %s', (json, code, message) => {
    const error = thrown(() => parseModelConfig(json, { file: 'a/config.json' }))
    expect(error).toEqual([code, expect.stringMatching(message)])
    expect(error[1]).toMatch(/^a\/config.json: /)
  })

  it('whatever is in a config.json, the error has a name', () => {
    const names = [
      ...Object.keys(llama),
      'rope_scaling',
      'head_dim',
      'layer_types',
      'use_sliding_window',
      'x',
    ]
    const values = oneof(anything(), constantFrom(1, 2, true, -1, 1e308, Number.NaN))
    assert(
      property(
        dictionary(constantFrom(...names), values),
        constantFrom('llama', 'qwen3'),
        (fields, model_type) => {
          const [code] = thrown(() => parameterCount(parseModelConfig({ ...llama, ...fields, model_type })))
          expect([undefined, 'INVALID_CONFIG', 'UNKNOWN_ARCHITECTURE']).toContain(code)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('parameterShapes', () => {
  it('counts SmolLM2-135M and GPT-2', () => {
    const smollm2 = {
      model_type: 'llama',
      vocab_size: 49152,
      hidden_size: 576,
      intermediate_size: 1536,
      num_hidden_layers: 30,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      max_position_embeddings: 8192,
      tie_word_embeddings: true,
    }
    expect(parameterCount(parseModelConfig(smollm2))).toBe(134_515_008)
    const small = {
      model_type: 'gpt2',
      vocab_size: 50257,
      n_embd: 768,
      n_layer: 12,
      n_head: 12,
      n_positions: 1024,
    }
    expect(parameterCount(parseModelConfig(small))).toBe(124_439_808)
  })

  it('has an output projection of its own unless it is tied', () => {
    const names = (tie_word_embeddings: boolean) =>
      Object.keys(parameterShapes(parseModelConfig({ ...llama, tie_word_embeddings })))
    expect(names(false).filter((name) => !names(true).includes(name))).toEqual(['lm_head.weight'])
  })
})

describe('parseGenerationConfig', () => {
  it('reads what the makers suggest, and writes it back', () => {
    const json = {
      do_sample: true,
      temperature: 0.6,
      top_k: 0,
      top_p: 0.9,
      min_p: 0,
      repetition_penalty: 1.1,
      max_length: 20,
      max_new_tokens: 5,
      bos_token_id: 1,
      eos_token_id: [2, 3],
      pad_token_id: 0,
    }
    const config = parseGenerationConfig({ ...json, transformers_version: '5', num_beams: 4 })
    expect(config).toMatchObject({
      doSample: true,
      temperature: 0.6,
      topK: 0,
      eosTokenIds: [2, 3],
      padTokenId: 0,
    })
    expect(generationConfigToJson(config)).toEqual(json)
    expect(parseGenerationConfig({})).toEqual({ eosTokenIds: [] })
    expect(generationConfigToJson({ eosTokenIds: [] })).toEqual({})
  })

  it('refuses what cannot be', () => {
    for (const [field, value] of Object.entries({
      temperature: 0,
      top_k: -1,
      do_sample: 'yes',
      eos_token_id: 'x',
    })) {
      expect(thrown(() => parseGenerationConfig({ [field]: value }, { file: 'g' }))).toEqual([
        'INVALID_CONFIG',
        expect.stringContaining(`g: ${field}: expected`),
      ])
    }
  })
})
