import {
  add,
  cast,
  concat,
  cos,
  div,
  exp,
  expandDims,
  log,
  matmul,
  maximum,
  mul,
  reduceMax,
  sin,
  sub,
  Tensor,
  tensor,
} from '@prefkit/tensor'
import type { LlamaConfig } from '../config/model-config'
import type { RopeScaling } from '../config/rope-config'

/** How the heads of a batch turn. */
export interface Rotation {
  /** Cosines and sines of the positions, f32 [B, T, 1, 1, head width]. */
  readonly cos: Tensor
  readonly sin: Tensor
  /** f32 [head width, head width]: head · turn has the second half negated in the place of the first, and the first of the second. */
  readonly turn: Tensor
}

/** Angles a position turns by, one for each pair of a head's numbers, and what cos and sin are multiplied by. */
interface Frequencies {
  readonly frequencies: Tensor
  readonly amplitude: number
}

type Scaled<K extends RopeScaling['type']> = Extract<RopeScaling, { type: K }>

/** θ^(−2i / width), for i = 0 … width / 2 − 1. */
const plain = ({ rope: { theta }, headDim }: LlamaConfig): number[] =>
  Array.from({ length: headDim / 2 }, (_, i) => theta ** ((-2 * i) / headDim))

const f32 = (numbers: readonly number[]): Tensor => tensor(Float32Array.from(numbers))

/** How each variant of scaling sets the frequencies. */
const variants: {
  readonly [K in RopeScaling['type']]: (
    scaling: Scaled<K>,
    config: LlamaConfig,
    positions: Tensor,
  ) => Frequencies
} = {
  linear: ({ factor }, config) => ({
    frequencies: f32(plain(config).map((frequency) => frequency / factor)),
    amplitude: 1,
  }),
  dynamic: dynamicFrequencies,
  llama3: (scaling, config) => ({
    frequencies: f32(plain(config).map((frequency) => llama3Frequency(frequency, scaling))),
    amplitude: 1,
  }),
  yarn: yarnFrequencies,
}

/**
 * NTK-aware scaling: θ grows once the longest sequence of the batch is longer than `max_position_embeddings`, and for all of the
 * batch. As in transformers, `original_max_position_embeddings` counts nothing, and keys that a cache has stay turned as they
 * were when it was shorter.
 */
function dynamicFrequencies(
  { factor }: Scaled<'dynamic'>,
  { rope: { theta }, headDim, maxPositionEmbeddings }: LlamaConfig,
  positions: Tensor,
): Frequencies {
  const length = maximum(add(cast(reduceMax(positions), 'f32'), 1), maxPositionEmbeddings)
  const growth = sub(mul(div(length, maxPositionEmbeddings), factor), factor - 1)
  // A head of one pair turns by 1 whatever θ is.
  const logBase = add(mul(log(growth), headDim / Math.max(headDim - 2, 1)), Math.log(theta))
  const exponents = f32(Array.from({ length: headDim / 2 }, (_, i) => (-2 * i) / headDim))
  return { frequencies: exp(mul(exponents, logBase)), amplitude: 1 }
}

/** Long wavelengths are stretched by the factor, short ones kept, those between blended. */
function llama3Frequency(frequency: number, scaling: Scaled<'llama3'>): number {
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings } = scaling
  const turns = (originalMaxPositionEmbeddings * frequency) / (2 * Math.PI)
  if (turns < lowFreqFactor) return frequency / factor
  if (turns > highFreqFactor) return frequency
  const kept = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor)
  return ((1 - kept) * frequency) / factor + kept * frequency
}

/** YaRN (2309.00071, 3.2): a ramp between the pairs that turn `betaFast` and `betaSlow` times in the original context. */
function yarnFrequencies(scaling: Scaled<'yarn'>, config: LlamaConfig): Frequencies {
  const { factor, betaFast, betaSlow, attentionFactor } = scaling
  const { rope, headDim, maxPositionEmbeddings } = config
  const original = scaling.originalMaxPositionEmbeddings ?? maxPositionEmbeddings
  const pairThatTurns = (times: number) =>
    (headDim * Math.log(original / (times * 2 * Math.PI))) / (2 * Math.log(rope.theta))
  const low = Math.max(Math.floor(pairThatTurns(betaFast)), 0)
  const high = Math.min(Math.ceil(pairThatTurns(betaSlow)), headDim - 1)
  const width = high === low ? 0.001 : high - low
  const frequencies = plain(config).map((frequency, i) => {
    const stretched = Math.min(Math.max((i - low) / width, 0), 1)
    return stretched * (frequency / factor) + (1 - stretched) * frequency
  })
  const amplitude = attentionFactor ?? (factor > 1 ? 0.1 * Math.log(factor) + 1 : 1)
  return { frequencies: f32(frequencies), amplitude }
}

/** The rotary position embeddings (2104.09864) of a batch: `positions` i32 [B, T]. */
export function rotation(config: LlamaConfig, positions: Tensor): Rotation {
  const { scaling } = config.rope
  // The table has an entry for each type, and an entry takes scalings of its own type: TypeScript does not follow that.
  const variant = scaling && (variants[scaling.type] as (typeof variants)['linear'])
  const { frequencies, amplitude } = variant
    ? variant(scaling as Scaled<'linear'>, config, positions)
    : { frequencies: f32(plain(config)), amplitude: 1 }
  const turned = mul(expandDims(cast(positions, 'f32'), -1), frequencies)
  const angles = expandDims(expandDims(turned, 2), 2)
  const [cosines, sines] = [mul(cos(angles), amplitude), mul(sin(angles), amplitude)]
  const both = (half: Tensor) => concat([half, half], -1)
  return { cos: both(cosines), sin: both(sines), turn: quarterTurn(config.headDim) }
}

/** A product with ±1 and 0 is exact, and one op forward and one backward: halves cut and put together are three, and more. */
function quarterTurn(width: number): Tensor {
  const half = width / 2
  const turn = new Float32Array(width * width)
  for (let i = 0; i < half; i++) {
    turn[(i + half) * width + i] = -1
    turn[i * width + i + half] = 1
  }
  return Tensor.fromData(turn, [width, width])
}

/** Heads [B, T, heads, group, width] turned by their positions; a pair is i and i + width / 2, as in Hugging Face. */
export const rotate = (heads: Tensor, { cos, sin, turn }: Rotation): Tensor =>
  add(mul(heads, cos), mul(matmul(heads, turn), sin))
