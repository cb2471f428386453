import {
  add,
  type ConcreteShape,
  mul,
  ones as onesOf,
  randomNormal,
  randomUniform,
  type Tensor,
  zeros as zerosOf,
} from '@prefkit/tensor'
import { NnError } from '../nn-error'

/**
 * Draws a weight of this shape from a key. A linear layer's shape is `[inputs, outputs]`; axes before the last two
 * are a receptive field that multiplies both fans.
 */
export type Initializer = (key: Tensor, shape: ConcreteShape) => Tensor

/** Numbers of inputs and outputs. @throws NnError `INVALID_OPTION` for fewer than two axes. */
function fansOf(shape: ConcreteShape): { fanIn: number; fanOut: number } {
  const [inputs, outputs] = shape.slice(-2)
  if (inputs === undefined || outputs === undefined) {
    throw new NnError(
      'INVALID_OPTION',
      `shape: expected [inputs, outputs] for fans, got [${shape.join(', ')}]`,
    )
  }
  const field = shape.slice(0, -2).reduce((a, b) => a * b, 1)
  return { fanIn: field * inputs, fanOut: field * outputs }
}

const drawNormal = (key: Tensor, shape: ConcreteShape, variance: number): Tensor =>
  mul(Math.sqrt(variance), randomNormal(key, shape))

const drawUniform = (key: Tensor, shape: ConcreteShape, bound: number): Tensor =>
  add(mul(2 * bound, randomUniform(key, shape)), -bound)

/** Zeros. */
export const zeros: Initializer = (_, shape) => zerosOf(shape)

/** Ones. */
export const ones: Initializer = (_, shape) => onesOf(shape)

/** Normal with mean 0 and this standard deviation (default 0.02). */
export const normal =
  (deviation = 0.02): Initializer =>
  (key, shape) =>
    drawNormal(key, shape, deviation ** 2)

/** Uniform in [−bound, bound) (default 0.05). */
export const uniform =
  (bound = 0.05): Initializer =>
  (key, shape) =>
    drawUniform(key, shape, bound)

/** Normal, variance 2 / fanIn: for ReLU (He et al. 2015). */
export const heNormal: Initializer = (key, shape) => drawNormal(key, shape, 2 / fansOf(shape).fanIn)

/** Uniform, variance 2 / fanIn: for ReLU (He et al. 2015). */
export const heUniform: Initializer = (key, shape) =>
  drawUniform(key, shape, Math.sqrt(6 / fansOf(shape).fanIn))

/** Normal, variance 2 / (fanIn + fanOut) (Glorot & Bengio 2010). */
export const xavierNormal: Initializer = (key, shape) => {
  const { fanIn, fanOut } = fansOf(shape)
  return drawNormal(key, shape, 2 / (fanIn + fanOut))
}

/** Uniform, variance 2 / (fanIn + fanOut) (Glorot & Bengio 2010). */
export const xavierUniform: Initializer = (key, shape) => {
  const { fanIn, fanOut } = fansOf(shape)
  return drawUniform(key, shape, Math.sqrt(6 / (fanIn + fanOut)))
}

/** Normal, variance 1 / fanIn (LeCun et al. 1998). */
export const lecunNormal: Initializer = (key, shape) => drawNormal(key, shape, 1 / fansOf(shape).fanIn)

/** Uniform in ±1/√fanIn: what PyTorch draws an `nn.Linear` from (Kaiming-uniform with a = √5). */
export const torchLinear: Initializer = (key, shape) =>
  drawUniform(key, shape, 1 / Math.sqrt(fansOf(shape).fanIn))
