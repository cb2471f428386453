import { asTensor, broadcastTo, cast, commonDtype, type Tensor, type TensorLike } from '@prefkit/tensor'
import { type Bounds, isWithin, LossError, outOfBounds } from './loss-error'

/** The axes that an input may have: `[B]`, a number an example, `[B, T]`, a number a token, or more. */
export type Axes = readonly string[]

/**
 * The named inputs as float tensors of one dtype and one shape with these axes.
 * @throws LossError `SHAPE_MISMATCH` naming the inputs and their shapes; `EMPTY` when there are no examples.
 */
export function batchOf<Name extends string>(
  loss: string,
  inputs: Readonly<Record<Name, TensorLike>>,
  axes: Axes = ['B'],
): Record<Name, Tensor> {
  const names = Object.keys(inputs) as Name[]
  const tensors = floats(inputs)
  const shapes = names.map((name) => String(tensors[name].shape))
  if (names.some((name) => tensors[name].rank !== axes.length) || new Set(shapes).size > 1) {
    const verb = names.length === 1 ? 'be' : names.length === 2 ? 'both be' : 'all be'
    throw new LossError(
      'SHAPE_MISMATCH',
      `${loss}: ${listOf(names)} must ${verb} [${axes.join(', ')}], got ${listOf(shapes.map((s) => `[${s}]`))}`,
    )
  }
  if (tensors[names[0]!].shape[0] === 0) {
    throw new LossError('EMPTY', `${loss}: ${listOf(names)}: expected at least one example, got none`)
  }
  return tensors
}

/** The named inputs as float tensors of one dtype, of whatever shape. */
export function floats<Name extends string>(
  inputs: Readonly<Record<Name, TensorLike>>,
): Record<Name, Tensor> {
  const common = commonDtype(...Object.values<TensorLike>(inputs))
  const dtype = common === 'f64' ? 'f64' : 'f32'
  const entries = Object.entries<TensorLike>(inputs)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, cast(asTensor(value, dtype), dtype)]),
  ) as Record<Name, Tensor>
}

/** The same of inputs that need not be given: those that are, as float tensors of one dtype. */
export function alike<Name extends string>(
  inputs: Readonly<Partial<Record<Name, TensorLike | undefined>>>,
): Partial<Record<Name, Tensor>> {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined)
  return floats(Object.fromEntries(given) as Record<Name, TensorLike>)
}

/** “a”, “a and b”, “a, b and c”. */
export const listOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** A value as a tensor of the dtype of another one, so that plain numbers are as precise as what they meet. */
export const asLike = (value: TensorLike, { dtype }: Tensor): Tensor => cast(asTensor(value, dtype), dtype)

/**
 * A mask (1 = keep) as booleans of the shape of `like`; without one, everything is kept.
 * @throws LossError `SHAPE_MISMATCH` when it has another shape.
 */
export function maskOf(loss: string, name: string, mask: TensorLike | undefined, like: Tensor): Tensor {
  if (mask === undefined) return broadcastTo(asTensor(true), like.shape)
  const given = asTensor(mask)
  if (String(given.shape) !== String(like.shape)) {
    throw new LossError(
      'SHAPE_MISMATCH',
      `${loss}: ${name} must be [${like.shape}], one number for each it masks, got [${given.shape}]`,
    )
  }
  return cast(given, 'bool')
}

/** Whether the numbers of a tensor can be looked at: not those of traced ones (inside `jit` and `grad`), or on a device. */
export const isHere = (x: Tensor): boolean => x.node === undefined && x.device === undefined

/** @throws LossError `INVALID_OPTION` naming the first number of `x` out of bounds, where numbers can be looked at. */
export function requireEach(loss: string, name: string, x: Tensor, bounds: Bounds): void {
  if (!isHere(x)) return
  const wrong = Array.from(x.data).find((value) => !isWithin(value, bounds))
  if (wrong !== undefined) throw outOfBounds(loss, name, wrong, bounds)
}

/**
 * A number for all examples, or `[B]`, one each, as a tensor of the dtype of `like`, `[B]`: itself a scalar or `[B]`.
 * @throws LossError `SHAPE_MISMATCH` when it has another shape; `INVALID_OPTION` for numbers out of bounds.
 */
export function perExample(
  loss: string,
  name: string,
  value: TensorLike,
  like: Tensor,
  bounds?: Bounds,
): Tensor {
  const x = asLike(value, like)
  // Symbolic dimensions of one name are equal, though not one object.
  if (x.rank !== 0 && String(x.shape) !== String(like.shape)) {
    throw new LossError(
      'SHAPE_MISMATCH',
      `${loss}: ${name} must be a number or [${like.shape}], one for each example, got [${x.shape}]`,
    )
  }
  if (bounds !== undefined) requireEach(loss, name, x, bounds)
  return x
}
