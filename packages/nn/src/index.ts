export {
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  normal,
  ones,
  torchLinear,
  uniform,
  xavierNormal,
  xavierUniform,
  zeros,
} from './initializers/initializers'
export { orthogonal } from './initializers/orthogonal'
export { truncatedNormal } from './initializers/truncated-normal'
export { type Activation, activation, activations } from './layers/activations'
export { dropout } from './layers/dropout'
export { type EmbeddingOptions, type EmbeddingParams, embedding } from './layers/embedding'
export type { ApplyContext, Layer, Params, ParamsOf } from './layers/layer'
export { type LayerNormParams, layerNorm, type NormLayerOptions } from './layers/layer-norm'
export { type LinearOptions, type LinearParams, linear } from './layers/linear'
export { type MlpLayerParams, type MlpOptions, type MlpParams, mlp } from './layers/mlp'
export { type RmsNormParams, rmsNorm } from './layers/rms-norm'
export { type SequentialParams, sequential } from './layers/sequential'
export { NnError, type NnErrorCode } from './nn-error'
export { accumulateGradients } from './optimizers/accumulate-gradients'
export { adam } from './optimizers/adam'
export { type AdamOptions, adamW } from './optimizers/adam-w'
export { applyUpdates } from './optimizers/apply-updates'
export { chain } from './optimizers/chain'
export { clipByGlobalNorm, globalNorm } from './optimizers/clip-by-global-norm'
export { clipByValue } from './optimizers/clip-by-value'
export { type DecayMask, type MaskTree, weightsOnly } from './optimizers/decay-mask'
export type { LearningRate } from './optimizers/learning-rate'
export { type LionOptions, lion } from './optimizers/lion'
export type { Optimizer, OptimizerState, OptimizerUpdate } from './optimizers/optimizer'
export { scale, scaleBySchedule } from './optimizers/scale'
export { type SgdOptions, sgd } from './optimizers/sgd'
export { type WeightDecayOptions, weightDecay } from './optimizers/weight-decay'
export {
  type ParseSafetensorsOptions,
  parseSafetensors,
  type Safetensors,
} from './safetensors/parse-safetensors'
export { type SerializeSafetensorsOptions, serializeSafetensors } from './safetensors/serialize-safetensors'
export { widenHalf } from './safetensors/widen-half'
export { constantSchedule } from './schedules/constant-schedule'
export { type CosineScheduleOptions, cosineSchedule } from './schedules/cosine-schedule'
export { type ExponentialScheduleOptions, exponentialSchedule } from './schedules/exponential-schedule'
export { joinSchedules } from './schedules/join-schedules'
export { type LinearScheduleOptions, linearSchedule } from './schedules/linear-schedule'
export type { Schedule } from './schedules/schedule'
export { type StepScheduleOptions, stepSchedule } from './schedules/step-schedule'
export { type WarmupOptions, warmupCosine, warmupLinear } from './schedules/warmup'
export { flattenParams } from './trees/flatten-params'
export { unflattenParams } from './trees/unflatten-params'
