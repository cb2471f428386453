import {
  add,
  div,
  exp,
  log,
  matmul,
  mul,
  reduceMax,
  reduceSum,
  reshape,
  stopGradient,
  sub,
  type Tensor,
  take,
  takeAlongAxis,
} from '@prefkit/tensor'
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
function outputEmbeddings(config: ModelConfig, weights: Weights): Tensor {
  if (!config.tieWordEmbeddings) return weights['lm_head.weight']!
  return weights[isGpt2(config) ? 'transformer.wte.weight' : 'model.embed_tokens.weight']!
}

/** Logits [..., vocabulary] of the token after each hidden state [..., hidden]. */
export const logitsOf = (config: ModelConfig, weights: Weights, hidden: Tensor): Tensor =>
  matmul(hidden, outputEmbeddings(config, weights), { transposeB: true })

/**
 * ln Σ exp of logits, in two parts whose sum it is: the largest logit, and how far it lies above, which keeps its digits
 * where one token has nearly all probability.
 * @param logits [N, vocabulary].
 * @returns [N, 1] each; `max` is held constant, and all of the gradient is `spread`'s.
 */
export function logNormalizer(logits: Tensor): { readonly max: Tensor; readonly spread: Tensor } {
  const max = stopGradient(reduceMax(logits, { axis: -1, keepDims: true }))
  return { max, spread: log(reduceSum(exp(sub(logits, max)), { axis: -1, keepDims: true })) }
}

/**
 * H = −Σ p ln p of the distributions that logits are of, in nats: ln Σ exp z − Σ p z with z = logits − max, whose terms are both
 * ≥ 0, so that they do not cancel.
 * @param logits [N, vocabulary].
 * @returns [N].
 */
export function entropyOf(logits: Tensor): Tensor {
  const { max, spread } = logNormalizer(logits)
  const below = sub(logits, max)
  const masses = exp(below)
  const total = reduceSum(masses, { axis: -1, keepDims: true })
  const far = div(reduceSum(mul(masses, below), { axis: -1, keepDims: true }), total)
  return reshape(sub(spread, far), [-1])
}

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
  const { max, spread } = logNormalizer(logits)
  const below = sub(takeAlongAxis(logits, reshape(targets, [-1, 1]), -1), max)
  // The target's gradient by its own row of the matrix, so that it need not be scattered over all logits.
  const reached = reduceSum(mul(hidden, take(outputEmbeddings(config, weights), targets)), { axis: -1 })
  const gradientOnly = sub(reached, stopGradient(reached))
  return add(reshape(sub(stopGradient(below), spread), [-1]), gradientOnly)
}

/**
 * ln p of some tokens after each hidden state.
 * @param logits of the states, [N, vocabulary].
 * @param tokens i32 [N, C].
 * @returns [N, C].
 */
export function logProbsAmong(logits: Tensor, tokens: Tensor): Tensor {
  const { max, spread } = logNormalizer(logits)
  return sub(sub(takeAlongAxis(logits, tokens, -1), max), spread)
}
