export type { Algorithm, AlgorithmOptions, AlgorithmState, AlgorithmStep } from './algorithms/algorithm'
export {
  type AdaptiveDraws,
  type BestOfNData,
  type BestOfNOptions,
  bestOfN,
  withAnchors,
} from './algorithms/best-of-n'
export type { ComparingOptions } from './algorithms/comparing-steps'
export { type AnchoredResponse, type DistilScoresOptions, distilScores } from './algorithms/distil-scores'
export { type GrpoOptions, grpo } from './algorithms/grpo'
export { type NashMdOptions, nashMd, type RewardsAre } from './algorithms/nash-md'
export { type OnlinePreferencesOptions, onlinePreferences } from './algorithms/online-preferences'
export { type PairwiseRewardModelOptions, pairwiseRewardModel } from './algorithms/pairwise-reward-model'
export { type ParTrainingOptions, par } from './algorithms/par'
export {
  type JudgedText,
  type JudgeTranscript,
  parSftData,
  withLabelNoise,
} from './algorithms/par-data'
export {
  type JudgeForm,
  judgePrompt,
  type ShortScoreFormat,
  type ShortScoreFormatOptions,
  shortScoreFormat,
  shortScoreTemplate,
} from './algorithms/par-form'
export type { ParRewardOptions } from './algorithms/par-rewards'
export {
  type ExpectedScorerOptions,
  expectedScorer,
  type JudgeScorerOptions,
  judgeScorer,
} from './algorithms/par-scorer'
export type { PolicyGradientOptions } from './algorithms/policy-gradient'
export { type PpoOptions, ppo } from './algorithms/ppo'
export {
  type CriticPrompt,
  promptAlone,
  type ValueWithAnchorOptions,
  valueWithAnchor,
} from './algorithms/ppo-critic-prompts'
export { type PreferencesOptions, preferences } from './algorithms/preferences'
export type { AlignmentPair, JudgedResponse, PreferenceItem } from './algorithms/preferences-batch'
export {
  type RewardPairLoss,
  type ScalarRewardModelOptions,
  scalarRewardModel,
} from './algorithms/scalar-reward-model'
export type { SupervisedOptions } from './algorithms/supervised-steps'
export { type XpoOptions, xpo } from './algorithms/xpo'
export type { AdvantageEstimator, AdvantageInputs, RewardPart } from './choices/advantage-estimator'
export {
  type AdvantageEstimatorName,
  advantageEstimatorOf,
  advantageEstimators,
  flashReinforce,
  gdpo,
  gpg,
  groupRelative,
  maxRl,
  opo,
  passAtK,
  reinforcePlusPlus,
  reinforcePlusPlusBaseline,
  returnsToGo,
  rewardAlone,
  rloo,
} from './choices/advantage-estimators'
export type { NamedChoice } from './choices/named-choice'
export {
  type PolicyGradientChoice,
  type PolicyGradientName,
  type PolicyGradientPreset,
  policyGradientOptions,
  policyGradientPreset,
  policyGradientPresets,
} from './choices/policy-gradient-presets'
export { type PolicyLossName, policyLosses, policyLossOf } from './choices/policy-losses'
export {
  type PairedLoss,
  type PairLossInputs,
  type PreferenceLoss,
  type PreferenceLossName,
  preferenceLosses,
  preferenceLossOf,
  type ResponseLossInputs,
  type UnpairedLoss,
} from './choices/preference-losses'
export type { PreferencePair } from './prompts/preference-pair'
export type { Anchor, LoopPrompt, LoopResponse } from './prompts/prompt'
export { againstEachOther } from './rewards/against-each-other'
export type { AskingOptions } from './rewards/ask-judge'
export { type ExactAnswerRewardOptions, exactAnswerReward } from './rewards/exact-answer-reward'
export { type FormatRewardOptions, formatReward } from './rewards/format-reward'
export { functionReward, type ResponseReward, type ScoreResponse } from './rewards/function-reward'
export { goldenReward } from './rewards/golden-reward'
export { type IfevalRewardOptions, ifevalReward } from './rewards/ifeval-reward'
export { type JudgeRewardOptions, judgeReward } from './rewards/judge-reward'
export { type JudgeScale, type JudgeScoreRewardOptions, judgeScoreReward } from './rewards/judge-score-reward'
export {
  type CosineLengthRewardOptions,
  cosineLengthReward,
  missingEosReward,
  overlongReward,
  type PerTokenRewardOptions,
  perTokenReward,
  repetitionReward,
  stopProperly,
} from './rewards/length-rewards'
export { type LexiconRewardOptions, lexiconReward } from './rewards/lexicon-reward'
export { type PointwiseRewardOptions, pointwiseReward } from './rewards/pointwise-reward'
export { type RegexRewardOptions, regexReward } from './rewards/regex-reward'
export type { RewardFunction, RewardScores, ScoredRollout } from './rewards/reward-function'
export type { RewardOptions } from './rewards/reward-options'
export { type RubricRewardOptions, rubricReward } from './rewards/rubric-reward'
export { type ScoredRollouts, scoreRollouts } from './rewards/score-rollouts'
export {
  type PairwiseScorer,
  type PointwiseScorer,
  type PromptedResponse,
  pairwiseFromPointwise,
  type ResponsePair,
} from './rewards/scorers'
export { symmetricWins } from './rewards/symmetric-wins'
export { type WinProbabilityRewardOptions, winProbabilityReward } from './rewards/win-probability-reward'
export { type WinRateRewardOptions, winRateReward } from './rewards/win-rate-reward'
export type { DynamicSampling } from './rollouts/collect-informative'
export { policyRollouts } from './rollouts/policy-rollouts'
export type { Rollout, RolloutRequest, RolloutSource, Sampling } from './rollouts/rollout'
export type { ServerClient, ServerRequest } from './rollouts/server-client'
export { type AdapterRefresh, type AdapterRefreshOptions, adapterRefresh } from './rollouts/server-refresh'
export {
  type ServerApi,
  type ServerLogprobs,
  type ServerRolloutsOptions,
  serverRollouts,
} from './rollouts/server-rollouts'
export type { ServerTokenizer } from './rollouts/server-tokens'
export type { RolloutCorrectionOptions } from './rollouts/trust-rollouts'
export type { ChoosingScorer } from './scorers/chooser'
export { type EmbeddingScorer, embeddingScorer } from './scorers/embedding-scorer'
export { expectedGain } from './scorers/expected-gain'
export {
  type JudgeQuestion,
  type JudgeTemplate,
  type JudgeTemplateOptions,
  judgeTemplate,
} from './scorers/judge-template'
export { localJudgeScorer } from './scorers/local-judge-scorer'
export { pairwiseModelScorer } from './scorers/pairwise-model-scorer'
export { scalarScorer } from './scorers/scalar-scorer'
export { winRateAgainst } from './scorers/win-rate-against'
export type { StepMetrics, StepRecord } from './step-record'
export {
  type PolicyLoss,
  type PolicyLossInputs,
  type PolicyObjective,
  policyUpdateLoss,
} from './updates/policy-update-loss'
export type { TokenReduction } from './updates/token-reductions'
