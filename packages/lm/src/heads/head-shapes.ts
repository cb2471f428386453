import type { ModelConfig } from '../config/model-config'
import { rewardHeadName } from './reward-head'
import { valueHeadNames } from './value-head'

/** What a head makes of hidden states: a value of each, or a reward of each text. */
export type HeadKind = 'value' | 'reward'

/** Names and shapes of the parameters of each head. */
export const headShapes = ({
  hiddenSize,
}: ModelConfig): Readonly<Record<HeadKind, Readonly<Record<string, readonly number[]>>>> => ({
  value: { [valueHeadNames.weight]: [1, hiddenSize], [valueHeadNames.bias]: [1] },
  reward: { [rewardHeadName]: [1, hiddenSize] },
})
