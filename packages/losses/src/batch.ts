import {
  asTensor,
  broadcastTo,
  cast,
  commonDtype,
  type DType,
  type Tensor,
  TensorError,
  type TensorLike,
} from '@prefkit/tensor'
import { type Bounds, isWithin, LossError, outOfBounds, requireGiven } from './loss-error'

/** The axes that an input may have: `[B]`, a number per example; `[B, T]`, a number per token; or more. */
export type Axes = readonly string[]

/**
 * The named inputs as float tensors of one dtype and one shape with these axes.
 * @throws LossError `SHAPE_MISMATCH` naming the inputs and their shapes; `EMPTY` when there are no examples; also
 *   those of {@link tensorOf}.
 */
export function batchOf<Name extends string>(
  loss: string,
  inputs: Readonly<Record<Name, TensorLike>>,
  axes: Axes = ['B'],
): Record<Name, Tensor> {
  const names = Object.keys(inputs) as Name[]
  const tensors = floats(loss, inputs)
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

/**
 * A value as a tensor: plain numbers in `dtype`, others in their own.
 * @throws LossError `MISSING_INPUT` for undefined; `INVALID_OPTION` naming the value and its element that is not a
 *   number, or its row that differs in length from the first.
 */
export function tensorOf(loss: string, name: string, value: TensorLike, dtype?: DType): Tensor {
  requireGiven(loss, name, value)
  return named(loss, name, () => asTensor(value, dtype))
}

/** The result of `read`; errors of the tensor package become `LossError`s that name function and parameter. */
function named<T>(loss: string, name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!TensorError.isInstance(error)) throw error
    // The call site in the message is a line of this package, which tells a caller nothing.
    const why = error.message.replace(/^(tensor|data): /, '').replace(/ \(called at .*\)$/, '')
    throw new LossError('INVALID_OPTION', `${loss}: ${name}: ${why}`)
  }
}

/** The named inputs as float tensors of one dtype, of any shape. @throws LossError as {@link tensorOf}. */
export function floats<Name extends string>(
  loss: string,
  inputs: Readonly<Record<Name, TensorLike>>,
): Record<Name, Tensor> {
  const entries = Object.entries<TensorLike>(inputs)
  for (const [name, value] of entries) named(loss, name, () => commonDtype(value))
  const common = commonDtype(...entries.map(([, value]) => value))
  const dtype = common === 'f64' ? 'f64' : 'f32'
  return Object.fromEntries(
    entries.map(([name, value]) => [name, cast(tensorOf(loss, name, value, dtype), dtype)]),
  ) as Record<Name, Tensor>
}

/** The same for inputs that may be left out: those given, as float tensors of one dtype. */
export function alike<Name extends string>(
  inputs: Readonly<Partial<Record<Name, TensorLike | undefined>>>,
  loss: string,
): Partial<Record<Name, Tensor>> {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined)
  return floats(loss, Object.fromEntries(given) as Record<Name, TensorLike>)
}

/** “a”, “a and b”, “a, b and c”. */
export const listOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/**
 * A value as a tensor of the dtype of another one, so that plain numbers take its precision.
 * @throws LossError as {@link tensorOf}.
 */
export const asLike = (loss: string, name: string, value: TensorLike, { dtype }: Tensor): Tensor =>
  cast(tensorOf(loss, name, value, dtype), dtype)

/**
 * A mask (1 = keep) as booleans of the shape of `like`; without one, everything is kept.
 * @throws LossError `SHAPE_MISMATCH` when it has another shape; `INVALID_OPTION` for numbers other than 0 and 1, where
 *   numbers can be looked at.
 */
export function maskOf(loss: string, name: string, mask: TensorLike | undefined, like: Tensor): Tensor {
  if (mask === undefined) return broadcastTo(asTensor(true), like.shape)
  const given = tensorOf(loss, name, mask)
  if (String(given.shape) !== String(like.shape)) {
    throw new LossError(
      'SHAPE_MISMATCH',
      `${loss}: ${name} must be [${like.shape}], 0 or 1 for each element, got [${given.shape}]`,
    )
  }
  const wrong = isHere(given) ? Array.from(given.data).find((flag) => flag !== 0 && flag !== 1) : undefined
  if (wrong !== undefined) {
    throw new LossError('INVALID_OPTION', `${loss}: ${name}: expected 0 or 1, got ${wrong}`)
  }
  return cast(given, 'bool')
}

/** Whether the numbers of a tensor can be looked at: not when it is traced (inside `jit` and `grad`) or on a device. */
export const isHere = (x: Tensor): boolean => x.node === undefined && x.device === undefined

/**
 * @throws LossError `INVALID_OPTION` naming the first number of `x` out of bounds (NaN is), where numbers can be looked
 *   at.
 */
export function requireEach(loss: string, name: string, x: Tensor, bounds: Bounds): void {
  if (!isHere(x)) return
  const wrong = Array.from(x.data).find((value) => !isWithin(value, bounds))
  if (wrong !== undefined) throw outOfBounds(loss, name, wrong, bounds)
}

/**
 * A number for all examples, or `[B]`, one each, as a tensor of the dtype of `like`, which is `[B]`: a scalar or `[B]`.
 * @throws LossError `SHAPE_MISMATCH` when it has another shape; `INVALID_OPTION` for numbers out of bounds; as
 *   {@link tensorOf}.
 */
export function perExample(
  loss: string,
  name: string,
  value: TensorLike,
  like: Tensor,
  bounds?: Bounds,
): Tensor {
  const x = asLike(loss, name, value, like)
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
