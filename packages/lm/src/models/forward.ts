import { logSumExp, matmul, mul, reduceSum, sub, type Tensor, take } from '@prefkit/tensor'
import type { Gpt2Config, ModelConfig } from '../config/model-config'
import type { Forward, PastTokens, TokenBatch } from './batch'
import { gpt2Forward } from './gpt2'
import { llamaForward } from './llama'
import type { Parameters, Weights } from './weights'

const isGpt2 = (config: ModelConfig): config is Gpt2Config => config.family === 'gpt2'

/**
 * What a model makes of a batch of tokens, given what earlier calls made of those before them. Pure and traceable: the
 * runtime, a training step and a reward model compile it in graphs of their own.
 */
export const forward = (
  config: ModelConfig,
  parameters: Parameters,
  batch: TokenBatch,
  past?: PastTokens,
): Forward =>
  isGpt2(config)
    ? gpt2Forward(config, parameters, batch, past)
    : llamaForward(config, parameters, batch, past)

/** The matrix from hidden states to logits, [vocabulary, hidden]: the token embeddings where the two are tied. */
export function outputEmbeddings(config: ModelConfig, weights: Weights): Tensor {
  if (!config.tieWordEmbeddings) return weights['lm_head.weight']!
  return weights[isGpt2(config) ? 'transformer.wte.weight' : 'model.embed_tokens.weight']!
}

/** Logits [..., vocabulary] of the token after each hidden state [..., hidden]. */
export const logitsOf = (config: ModelConfig, weights: Weights, hidden: Tensor): Tensor =>
  matmul(hidden, outputEmbeddings(config, weights), { transposeB: true })

/**
 * ln p of one token after each hidden state.
 * @param hidden [N, hidden].
 * @param logits of them, [N, vocabulary].
 * @param targets i32 [N].
 * @returns [N].
 */
export function targetLogProbs(
  config: ModelConfig,
  weights: Weights,
  hidden: Tensor,
  logits: Tensor,
  targets: Tensor,
): Tensor {
  // The target's logit by its own row of the matrix: its gradient need not be scattered over all logits.
  const rows = take(outputEmbeddings(config, weights), targets)
  return sub(reduceSum(mul(hidden, rows), { axis: -1 }), logSumExp(logits, { axis: -1 }))
}
