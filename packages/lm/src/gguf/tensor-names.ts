import type { ModelConfig } from '../config/model-config'

/** How the elements of a tensor are ordered in the file. */
export type StoredOrder = 'same' | 'query-pairs' | 'key-pairs' | 'transposed'

/** A tensor's name with Hugging Face, and what its order in a GGUF is. */
export interface CanonicalName {
  readonly name: string
  readonly order: StoredOrder
}

const llamaOutside: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
}

const llamaInside: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

const gpt2Outside: Readonly<Record<string, string>> = {
  token_embd: 'transformer.wte',
  position_embd: 'transformer.wpe',
  output_norm: 'transformer.ln_f',
  output: 'lm_head',
}

const gpt2Inside: Readonly<Record<string, string>> = {
  attn_norm: 'ln_1',
  attn_qkv: 'attn.c_attn',
  attn_output: 'attn.c_proj',
  ffn_norm: 'ln_2',
  ffn_up: 'mlp.c_fc',
  ffn_down: 'mlp.c_proj',
}

/** llama.cpp turns neighbouring numbers only for models of the architecture `llama`, Mistral's among them. */
const pairs: Readonly<Record<string, StoredOrder>> = { attn_q: 'query-pairs', attn_k: 'key-pairs' }
/** Its matrices of GPT-2 are [out, in], those of Hugging Face [in, out]. */
const matricesOfGpt2 = new Set(['attn_qkv', 'attn_output', 'ffn_up', 'ffn_down'])

/**
 * The canonical name of a tensor in a GGUF. A name that is not known stays as it is, in the body of the model, so
 * that it is not passed over.
 */
export function canonicalName(stored: string, { family }: Pick<ModelConfig, 'family'>): CanonicalName {
  const isGpt2 = family === 'gpt2'
  const [, layer, part = '', kind = ''] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(stored) ?? []
  const outside = isGpt2 ? gpt2Outside : llamaOutside
  const inside = isGpt2 ? gpt2Inside : llamaInside
  const table = layer === undefined ? outside : inside
  const body = isGpt2 ? 'transformer.' : 'model.'
  if (!Object.hasOwn(table, part)) return { name: `${body}${stored}`, order: 'same' }
  const at = layer === undefined ? '' : `${isGpt2 ? 'transformer.h' : 'model.layers'}.${layer}.`
  const name = `${at}${table[part]}.${kind}`
  if (isGpt2) return { name, order: kind === 'weight' && matricesOfGpt2.has(part) ? 'transposed' : 'same' }
  return { name, order: (family === 'llama' && layer !== undefined && pairs[part]) || 'same' }
}
