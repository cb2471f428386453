import { Tensor, tensor } from '@prefkit/tensor'
import { padRows } from '../running/token-rows'
import { type Datum, targetPlaces } from './datum'
import type { LossInputs } from './loss'

/** Data as a compiled step takes them: G groups of g rows, which stand one after the other. */
export interface TrainingBatch {
  /** i32 [G, g, T] each; see `TokenBatch`. */
  readonly tokens: { readonly ids: Tensor; readonly positions: Tensor; readonly segments: Tensor }
  /** Of all N targets, row by row. i32 [N] each. */
  readonly targets: {
    /** Where the hidden state is that a target is told from, counted row by row. */
    readonly at: Tensor
    readonly ids: Tensor
    /** Where it goes among targets in rows of L. */
    readonly place: Tensor
  }
  readonly rows: {
    /** Where each row's last token is, counted row by row: i32 [G, g]. */
    readonly last: Tensor
    /** f32 [G, g, L]: 1 where a row has a target, of which it has at most L. */
    readonly mask: Tensor
    /** f32, [G, g] or [G, g, L]. */
    readonly inputs: Readonly<Record<string, Tensor>>
  }
  /** What may come after each row: i32 [G, g, C]; null where nothing was asked. */
  readonly candidates: Tensor | null
}

/** Names of the axes of a {@link TrainingBatch}'s parts, as `jit` takes them. */
export const batchDims = {
  tokens: ['G', null, 'T'],
  targets: ['N'],
  rows: ['G', null, 'L'],
  candidates: ['G', null, null],
} as const

const i32 = (values: ArrayLike<number>, shape: readonly number[]) =>
  Tensor.fromData(Int32Array.from(values), shape)

/** An input of all rows: one number each, or lists put into rows of `width`. */
function inputTensor(
  data: readonly Datum[],
  name: string,
  groups: readonly [number, number],
  width: number,
): Tensor {
  const values = data.map(({ inputs }) => inputs![name]!)
  if (values.every((value) => typeof value === 'number')) {
    return tensor(Float32Array.from(values), { shape: groups })
  }
  const filled = new Float32Array(data.length * width)
  values.forEach((value, row) => {
    // Of one name all are numbers or all are lists.
    filled.set(value as ArrayLike<number>, row * width)
  })
  return tensor(filled, { shape: [...groups, width] })
}

/** Data, checked before, as tensors: rows padded on the right. */
export function trainingBatch(data: readonly Datum[], groupSize: number): TrainingBatch {
  const { ids, positions, segments, length } = padRows(data.map(({ tokens }) => tokens))
  const places = data.map(targetPlaces)
  const width = places.reduce((most, { length: own }) => Math.max(most, own), 0)
  const groups = [data.length / groupSize, groupSize] as const
  const shape = [...groups, length]
  const each = <T>(make: (row: number, token: number, i: number) => T): T[] =>
    places.flatMap((tokens, row) => tokens.map((token, i) => make(row, token, i)))
  const count = [places.reduce((sum, tokens) => sum + tokens.length, 0)]
  const mask = new Float32Array(data.length * width)
  places.forEach((tokens, row) => {
    mask.fill(1, row * width, row * width + tokens.length)
  })
  const names = Object.keys(data[0]!.inputs ?? {})
  const asked = data.flatMap(({ candidates = [] }) => Array.from(candidates))
  return {
    tokens: {
      ids: Tensor.fromData(ids, shape),
      positions: Tensor.fromData(positions, shape),
      segments: Tensor.fromData(segments, shape),
    },
    targets: {
      at: i32(
        each((row, token) => row * length + token - 1),
        count,
      ),
      ids: i32(
        each((row, token) => data[row]!.tokens[token]!),
        count,
      ),
      place: i32(
        each((row, _, i) => row * width + i),
        count,
      ),
    },
    rows: {
      last: i32(
        data.map(({ tokens }, row) => row * length + tokens.length - 1),
        groups,
      ),
      mask: tensor(mask, { shape: [...groups, width] }),
      inputs: Object.fromEntries(names.map((name) => [name, inputTensor(data, name, groups, width)])),
    },
    candidates: asked.length > 0 ? i32(asked, [...groups, asked.length / data.length]) : null,
  }
}

/** Numbers of rows and of targets of a whole batch, which a loss may divide by. */
export const totalsOf = (data: readonly Datum[]): LossInputs['totals'] => ({
  rows: tensor(data.length, { dtype: 'f32' }),
  targets: tensor(
    data.reduce((sum, datum) => sum + targetPlaces(datum).length, 0),
    { dtype: 'f32' },
  ),
})
