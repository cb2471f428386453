import { normal } from '@prefkit/nn'
import { matmul, reshape, type Tensor } from '@prefkit/tensor'
import type { ModelConfig } from '../config/model-config'
import type { Weights } from '../models/weights'

/** Name of the reward head's weight, as in transformers' models for sequence classification. */
export const rewardHeadName = 'score.weight'

/**
 * A scalar reward head without bias, drawn as transformers draws it: weight [1, hidden], normal with deviation 0.02.
 * @param key a key of `randomKey`.
 */
export const initRewardHead = ({ hiddenSize }: ModelConfig, key: Tensor): Weights => ({
  [rewardHeadName]: normal(0.02)(key, [1, hiddenSize]),
})

/**
 * The reward of each text by the hidden state of its last token: w·h.
 * @param hidden [B, hidden].
 * @returns [B].
 */
export const rewardsOf = (weights: Weights, hidden: Tensor): Tensor =>
  reshape(matmul(hidden, weights[rewardHeadName]!, { transposeB: true }), [-1])
