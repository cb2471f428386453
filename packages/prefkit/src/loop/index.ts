export type { Algorithm, AlgorithmOptions, AlgorithmState, AlgorithmStep } from './algorithms/algorithm'
export { type GrpoOptions, grpo } from './algorithms/grpo'
export { type PpoOptions, ppo } from './algorithms/ppo'
export {
  type CriticPrompt,
  promptAlone,
  type ValueWithAnchorOptions,
  valueWithAnchor,
} from './algorithms/ppo-critic-prompts'
export type { AdvantageEstimator, AdvantageInputs } from './choices/advantage-estimator'
export { groupRelative } from './choices/advantage-estimators'
export type { Anchor, LoopPrompt, LoopResponse } from './prompts/prompt'
export type { RewardFunction, RewardScores, ScoredRollout } from './rewards/reward-function'
export { type ScoredRollouts, scoreRollouts } from './rewards/score-rollouts'
export {
  type PairwiseScorer,
  type PointwiseScorer,
  type PromptedResponse,
  pairwiseFromPointwise,
  type ResponsePair,
} from './rewards/scorers'
export { policyRollouts } from './rollouts/policy-rollouts'
export type { Rollout, RolloutRequest, RolloutSource, Sampling } from './rollouts/rollout'
export type { RolloutCorrectionOptions } from './rollouts/trust-rollouts'
export type { StepMetrics, StepRecord } from './step-record'
export {
  type PolicyLoss,
  type PolicyObjective,
  policyUpdateLoss,
} from './updates/policy-update-loss'
export type { TokenReduction } from './updates/token-reductions'
