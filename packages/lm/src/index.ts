export { type ByteSource, bytesSource } from './byte-source'
export { type Checkpoint, renderChat } from './checkpoint/checkpoint'
export type { CheckpointTensor, CheckpointTensors } from './checkpoint/checkpoint-tensors'
export {
  type GenerationConfig,
  generationConfigToJson,
  type ParseGenerationConfigOptions,
  parseGenerationConfig,
} from './config/generation-config'
export type { Gpt2Config, LlamaConfig, ModelConfig, ModelFamily } from './config/model-config'
export { modelConfigToJson } from './config/model-config-to-json'
export { type ParameterShapes, parameterCount, parameterShapes } from './config/parameter-shapes'
export { type ParseModelConfigOptions, parseModelConfig } from './config/parse-model-config'
export type { RopeConfig, RopeScaling } from './config/rope-config'
export { type GeneratedSequence, generate, streamTokens } from './generation/generate'
export type { GenerateOptions, GenerateProgress, StreamOptions } from './generation/generate-options'
export {
  type GeneratedText,
  type GenerateTextOptions,
  generateText,
  promptTokens,
  type StreamTextOptions,
  streamText,
  type TextPrompt,
} from './generation/generate-text'
export type { FinishReason, GeneratedToken } from './generation/sequence'
export { ggufChatTemplate, ggufTokenizerFiles } from './gguf/gguf-tokenizer'
export { type OpenGguf, openGguf } from './gguf/open-gguf'
export type { GgufHeader, GgufTensor, GgufValue } from './gguf/parse-gguf'
export { readGgufHeader } from './gguf/read-header'
export { readGgufTensor } from './gguf/read-tensor'
export type { GgufTensorType } from './gguf/tensor-types'
export type { HeadKind } from './heads/head-shapes'
export { initRewardHead, rewardsOf } from './heads/reward-head'
export { initValueHead, valuesOf } from './heads/value-head'
export { llama2cTokenizerFiles } from './llama2c/llama2c-tokenizer'
export { type OpenLlama2c, openLlama2c } from './llama2c/open-llama2c'
export { LmError, type LmErrorCode } from './lm-error'
export { initLora } from './lora/init-lora'
export type { LoraConfig } from './lora/lora-config'
export { type LowRankOptions, lowRankOf } from './lora/low-rank-of'
export { type MergeLoraOptions, mergeLora, unmergeLora } from './lora/merge-lora'
export { type LinearModule, linearModules } from './lora/target-modules'
export type { KeyValues, PastTokens } from './models/batch'
export { contextLength } from './models/context-length'
export type { LowRank, Weights } from './models/weights'
export {
  type LocalPolicy,
  type LocalPolicyOptions,
  localPolicy,
  type PolicySnapshot,
} from './policy/local-policy'
export { lossWeights } from './policy/loss-weights'
export type {
  BatchOptions,
  ForwardOptions,
  OptimStepOptions,
  PolicyBackend,
  SampleOptions,
  TemperatureOptions,
} from './policy/policy-backend'
export type { PolicyModel } from './policy/policy-model'
export { createKeyValueCache, type KeyValueCache } from './running/key-value-cache'
export {
  createLanguageModel,
  type LanguageModel,
  type LanguageModelOptions,
  type LogNormalizers,
  logProbOf,
  type ModelSnapshot,
  type RunRequest,
  type RunResult,
} from './running/language-model'
export type { LoadedLanguageModel, MaybeLoaded } from './running/loaded-language-model'
export { type PackedRows, type PadOptions, packRows, padRows, type TokenRows } from './running/token-rows'
export { completionLogProbs, type PromptCompletion } from './scoring/completion-log-probs'
export { continuationLogProbs } from './scoring/continuation-log-probs'
export {
  nextTokenLogProbs,
  nextTokenProbabilities,
  type YesNoProbabilities,
  type YesNoTokens,
} from './scoring/next-token'
export type { ScoringOptions } from './scoring/scoring-options'
export { tokenVariants } from './scoring/token-variants'
export {
  type ChatMessage,
  type ChatTemplate,
  chatTemplate,
  type RenderChatOptions,
} from './tokenizer/chat-template'
export type { SpecialToken, SpecialTokens } from './tokenizer/special-tokens'
export {
  type CreateTokenizerOptions,
  createTokenizer,
  type DecodeOptions,
  type EncodeOptions,
  type TextStream,
  type Tokenizer,
  type TokenizerFiles,
} from './tokenizer/tokenizer'
export { crossEntropy } from './training/cross-entropy'
export { completionDatum, type Datum, type DatumInputs } from './training/datum'
export type { LossFunction, LossInputs, LossOutputs } from './training/loss'
export { type SftOptions, type SftProgress, type SftRecord, type SftState, sft } from './training/sft'
export { sftLoss } from './training/sft-loss'
export type { DatumOutputs, LossReport } from './training/trainer'
export type { TrainingState } from './training/training-state'
