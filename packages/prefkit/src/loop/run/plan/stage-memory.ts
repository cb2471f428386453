import type { ModelConfig } from '@prefkit/lm'
import type { RunConfig } from '../config/run-config'
import type { RunFacts } from './run-facts'
import type { StageWork } from './stage-work'

/** Bytes of a number. */
const f32 = 4

/** Bytes of a process that has loaded nothing. */
const process = 150e6

/** What is compiled, beside weights. */
const compiled = 90e6

/** Copies of the weights that are read. */
const held = 1.1

/** Further copies, as measured: of what draws and scores, and of what learns. */
const copies = {
  /** Weights that do not train are constants, which graphs share. */
  lora: { runs: 1.8, learns: 0.3 },
  /** With gradients, two moments and new values, in the graph and here. */
  all: { runs: 3.2, learns: 10 },
} as const

const keyValueWidth = (model: ModelConfig): number =>
  model.family === 'gpt2' ? model.hiddenSize : model.numKeyValueHeads * model.headDim

/**
 * Numbers that are kept of each token for the gradient: in each layer, of its width, of that of its MLP, and a score of attention for
 * each token of its row; then a logit for each token of the vocabulary, for about half of the tokens, as prompts are not learnt from.
 */
const keptNumbers = (
  { numHiddenLayers: layers, vocabSize, ...model }: ModelConfig,
  rowLength: number,
): number =>
  layers * (12 * model.hiddenSize + 5 * model.intermediateSize + 1.6 * model.numAttentionHeads * rowLength) +
  0.75 * vocabSize

/** Tokens that are computed at once while learning: lm's own number, or the longest row. */
const atOnce = ({ model }: RunConfig, longest: number): number =>
  model.microBatchTokens ?? Math.max(512, longest)

/** Models that a stage holds beside the one that it is of: its reward model. */
const others: Readonly<Record<string, (config: RunConfig) => number>> = {
  anchors: ({ rewardModel }) => (rewardModel?.kind === 'embeddings' ? 0 : 1),
  distilled_scores: () => 1,
  policy: (config) => usesRewardModel(config),
  evaluation: (config) => 1 + usesRewardModel(config),
}

const usesRewardModel = ({ rewardModel, anchors, policy }: RunConfig): number => {
  const rewards = policy && 'rewards' in policy ? policy.rewards : []
  const asks = anchors || rewards.some(({ type }) => type === 'score')
  return rewardModel && rewardModel.kind !== 'embeddings' && asks ? 1 : 0
}

/** Whether the weights of those other models are the stage's own: they are read once, where what trains lies beside them. */
const sharesWeights = ({ model, rewardModel }: RunConfig): boolean => {
  if (!rewardModel || rewardModel.kind === 'embeddings') return model.lora !== undefined
  if (rewardModel.kind === 'saved' || rewardModel.model !== undefined) return false
  return (rewardModel.lora ?? model.lora) !== undefined
}

/**
 * Bytes that a stage takes at its peak, from counts of parameters and tokens; its factors were fitted to what SmolLM2-135M and
 * stories260K took on ONNX Runtime.
 */
export function stageMemory(stage: string, work: StageWork, config: RunConfig, facts: RunFacts): number {
  const { model, parameters } = facts
  const weights = f32 * parameters
  const { drawn, scored, learnt, longest } = work
  if (drawn + scored + learnt === 0) return process
  const more = others[stage]?.(config) ?? 0
  const own = copies[config.model.lora ? 'lora' : 'all']
  const runs = drawn + scored > 0 ? own.runs * weights + compiled : 0
  const read = sharesWeights(config) ? 0 : held
  const otherModels = more * ((read + copies.lora.runs) * weights + compiled)
  const cache =
    drawn > 0
      ? 3 * config.sampling.batchSize * longest * 2 * f32 * model.numHiddenLayers * keyValueWidth(model)
      : 0
  const isPpo = stage === 'policy' && config.policy?.algorithm === 'ppo'
  const trainees = learnt > 0 ? (isPpo ? 2 : 1) : 0
  const activations = trainees > 0 ? atOnce(config, longest) * f32 * keptNumbers(model, longest) : 0
  const learning = trainees * (own.learns * weights + compiled) + activations
  return process + held * weights + runs + otherModels + cache + learning
}
