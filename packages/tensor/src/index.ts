export {
  type Backend,
  type BackendChoice,
  type BackendReport,
  describeBackend,
  type Executable,
  resolveBackend,
} from './backend'
export type { DeviceMemory } from './core/device-memory'
export { type Dim, type DimBindings, SymbolicDim } from './core/dim'
export type { DType, TypedArray } from './core/dtype'
export { TensorError, type TensorErrorCode } from './core/errors'
export { formatValue } from './core/format-tensor'
export type { NestedArray, NestedValues, ShapedArray } from './core/nested-values'
export type { ConcreteShape, Shape } from './core/shape'
export {
  asTensor,
  commonDtype,
  Tensor,
  type TensorLike,
  type TensorOptions,
  tensor,
} from './core/tensor'
export {
  readTree,
  releaseTree,
  type Tree,
  treeEntries,
  treeLeaves,
  treeMap,
  treeUnflatten,
  treeZip,
} from './core/tree'
export { type OptionNames, wrongOptions } from './core/wrong-options'
export { expm1, type GeluOptions, gelu, logSigmoid, logSoftmax, silu, softmax } from './ops/activations'
export { einsum } from './ops/einsum'
export { layerNorm, type NormOptions, rmsNorm } from './ops/normalise'
export { type DropoutOptions, dropout, randomKey, randomNormal, randomUniform, splitKey } from './ops/random'
export { any, logSumExp, mean, type VarianceOptions, variance } from './ops/reduce'
export {
  clip,
  full,
  isFinite,
  logicalAnd,
  logicalNot,
  logicalOr,
  oneHot,
  ones,
  sort,
  zeros,
  zerosLike,
} from './ops/select'
export { abs } from './primitives/abs'
export { add } from './primitives/add'
export { argMax, argMin } from './primitives/arg-max'
export { argSort } from './primitives/arg-sort'
export { broadcastTo } from './primitives/broadcast-to'
export { cast } from './primitives/cast'
export { concat, stack } from './primitives/concat'
export { cos } from './primitives/cos'
export { cumsum } from './primitives/cumsum'
export { dimSize } from './primitives/dim-size'
export { div } from './primitives/div'
export { equal } from './primitives/equal'
export { erf } from './primitives/erf'
export { exp } from './primitives/exp'
export { flip } from './primitives/flip'
export { floor } from './primitives/floor'
export { take } from './primitives/gather'
export { takeAlongAxis } from './primitives/gather-elements'
export { iota } from './primitives/iota'
export { greater, less } from './primitives/less'
export { greaterEqual, lessEqual } from './primitives/less-equal'
export { log } from './primitives/log'
export { log1p } from './primitives/log1p'
export { matmul } from './primitives/matmul'
export { maximum } from './primitives/maximum'
export { minimum } from './primitives/minimum'
export { mul } from './primitives/mul'
export { neg } from './primitives/neg'
export { pad } from './primitives/pad'
export { pow } from './primitives/pow'
export { randomBits } from './primitives/random-bits'
export { reduceMax, reduceMin } from './primitives/reduce-max'
export { type ReduceOptions, reduceSum } from './primitives/reduce-sum'
export { relu } from './primitives/relu'
export { expandDims, reshape, squeeze } from './primitives/reshape'
export { scatterAdd } from './primitives/scatter-add'
export { sigmoid } from './primitives/sigmoid'
export { sign } from './primitives/sign'
export { sin } from './primitives/sin'
export { slice, split } from './primitives/slice'
export { softplus } from './primitives/softplus'
export { sqrt } from './primitives/sqrt'
export { stopGradient } from './primitives/stop-gradient'
export { sub } from './primitives/sub'
export { tanh } from './primitives/tanh'
export { swapAxes, transpose } from './primitives/transpose'
export { where } from './primitives/where'
export { referenceBackend } from './reference/backend'
export { type AuxOptions, type GradOptions, grad, valueAndGrad } from './transforms/grad'
export { type Compilation, type JitOptions, type Jitted, jit } from './transforms/jit'
