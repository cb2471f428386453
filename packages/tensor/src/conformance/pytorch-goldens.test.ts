import { describe, it } from 'vitest'
import { type Backend, resolveBackend } from '../backend'
import { allocate, type DType } from '../core/dtype'
import { Tensor } from '../core/tensor'
import activations from '../goldens/activations.json'
import indexing from '../goldens/indexing.json'
import matmuls from '../goldens/matmul.json'
import normalise from '../goldens/normalise.json'
import softmaxes from '../goldens/softmax.json'
import { expm1, gelu, logSigmoid, logSoftmax, silu, softmax } from '../ops/activations'
import { einsum } from '../ops/einsum'
import { layerNorm, rmsNorm } from '../ops/normalise'
import { logSumExp, mean, variance } from '../ops/reduce'
import { clip, oneHot, sort } from '../ops/select'
import { argMax } from '../primitives/arg-max'
import { argSort } from '../primitives/arg-sort'
import { cumsum } from '../primitives/cumsum'
import { erf } from '../primitives/erf'
import { take } from '../primitives/gather'
import { takeAlongAxis } from '../primitives/gather-elements'
import { greater } from '../primitives/less'
import { log1p } from '../primitives/log1p'
import { matmul } from '../primitives/matmul'
import { maximum } from '../primitives/maximum'
import { mul } from '../primitives/mul'
import { pow } from '../primitives/pow'
import { reduceMax } from '../primitives/reduce-max'
import { relu } from '../primitives/relu'
import { scatterAdd } from '../primitives/scatter-add'
import { sigmoid } from '../primitives/sigmoid'
import { softplus } from '../primitives/softplus'
import { tanh } from '../primitives/tanh'
import { where } from '../primitives/where'
import { conformanceBackends, isPage } from './backends'
import type { Evaluated } from './differentiated'
import { expectOp } from './expect-op'
import type { Op, Tolerance } from './op-row'

/** What the golden cases of this name run here. */
const ops: Readonly<Record<string, Op>> = {
  matmul: (a, b) => matmul(a!, b!),
  softmax: (x) => softmax(x!),
  logSoftmax: (x) => logSoftmax(x!),
  logSumExp: (x) => logSumExp(x!, { axis: -1 }),
  logSigmoid: (x) => logSigmoid(x!),
  softplus: (x) => softplus(x!),
  sigmoid: (x) => sigmoid(x!),
  tanh: (x) => tanh(x!),
  gelu: (x) => gelu(x!),
  geluTanh: (x) => gelu(x!, { approximate: 'tanh' }),
  silu: (x) => silu(x!),
  relu: (x) => relu(x!),
  erf: (x) => erf(x!),
  log1p: (x) => log1p(x!),
  expm1: (x) => expm1(x!),
  clip: (x) => clip(x!, -1, 1),
  pow: (a, b) => pow(a!, b!),
  maximum: (a, b) => maximum(a!, b!),
  layerNorm: (x) => layerNorm(x!),
  rmsNorm: (x) => rmsNorm(x!),
  variance: (x) => variance(x!, { axis: -1 }),
  varianceBessel: (x) => variance(x!, { correction: 1 }),
  mean: (x) => mean(x!, { axis: 0 }),
  reduceMax: (x) => reduceMax(x!, { axis: -1 }),
  take: (x, i) => take(x!, i!),
  takeAlongAxis: (x, i) => takeAlongAxis(x!, i!),
  scatterAdd: (i, x) => scatterAdd(i!, x!, 5),
  sort: (x) => [sort(x!), argSort(x!)],
  sortDescending: (x) => [sort(x!, -1, { descending: true }), argSort(x!, -1, { descending: true })],
  cumsum: (x) => cumsum(x!),
  argMax: (x) => argMax(x!),
  oneHot: (i) => oneHot(i!, 4, 'i32'),
  where: (a, b) => where(greater(a!, b!), a!, mul(b!, 2)),
}

/** `einsum bij,bkj->bik` carries its equation. */
function opOf(name: string): Op {
  const [head, equation] = name.split(' ')
  return head === 'einsum' ? (...xs) => einsum(equation!, ...xs) : ops[head!]!
}

interface Flat {
  readonly shape: readonly number[]
  readonly data: readonly (number | string)[]
}

interface GoldenRow {
  readonly name: string
  /** By how much the inputs magnify a rounding. */
  readonly condition: number
  readonly inputs: readonly (Flat & { readonly dtype: string })[]
  readonly cotangents: readonly Flat[]
  readonly f32: Recorded
  readonly f64: Recorded
}

interface Recorded {
  readonly values: readonly Flat[]
  readonly gradients: readonly (Flat | null)[]
}

const numbers: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
}

function toTensor({ shape, data }: Flat, dtype: DType): Tensor {
  const array = allocate(dtype, data.length)
  data.forEach((value, i) => {
    array[i] = typeof value === 'string' ? numbers[value]! : value
  })
  return Tensor.fromData(array, shape, dtype)
}

/** The recorded results, in the dtypes the op has here (PyTorch's int64 is i32). */
const oracleOf = (recorded: Recorded, dtype: DType, dtypes: readonly DType[]): Evaluated => ({
  values: recorded.values.map((flat, i) => toTensor(flat, dtypes[i]!)),
  gradients: recorded.gradients.map((flat) => flat && toTensor(flat, dtype)),
})

interface Run {
  readonly name: string
  readonly load: () => Promise<Backend> | 'eager'
  readonly dtype: 'f32' | 'f64'
  readonly tolerance: Tolerance
}

const inNode: readonly Run[] = [
  {
    name: 'eager',
    load: () => 'eager',
    dtype: 'f64',
    // Double precision on both sides: a few dozen roundings of 1.1e-16, in another order.
    tolerance: { relative: 1e-13, absolute: 1e-14 },
  },
  {
    name: 'eager',
    load: () => 'eager',
    dtype: 'f32',
    // PyTorch's own f32 kernels are within a few ulp (1.2e-7); ours round each primitive once.
    tolerance: { relative: 2e-6, absolute: 1e-6 },
  },
  {
    name: 'native',
    load: async () => (await resolveBackend('native')).backend,
    dtype: 'f32',
    tolerance: { relative: 3e-6, absolute: 1e-6 },
  },
]

const inPage: readonly Run[] = conformanceBackends.map(({ name, load, f32 }) => ({
  name,
  load,
  dtype: 'f32',
  tolerance: f32,
}))

describe.each(isPage ? inPage : inNode)('PyTorch goldens: $name $dtype', ({ load, dtype, tolerance }) => {
  const groups: readonly { rows: readonly GoldenRow[] }[] = [
    matmuls,
    softmaxes,
    activations,
    normalise,
    indexing,
  ]
  const rows = groups.flatMap((group) => group.rows)
  it.each(rows.map((row, i) => [`${row.name} #${i}`, row] as const))('%s', async (_name, row) => {
    const inputs = row.inputs.map((input) => toTensor(input, input.dtype === 'i32' ? 'i32' : dtype))
    const op = opOf(row.name)
    const dtypes = ([op(...inputs)].flat() as Tensor[]).map((value) => value.dtype)
    await expectOp(op, inputs, oracleOf(row[dtype], dtype, dtypes), {
      backend: await load(),
      tolerance: {
        relative: row.condition * tolerance.relative,
        absolute: row.condition * tolerance.absolute,
      },
      cotangents: row.cotangents.map((cotangent) => toTensor(cotangent, dtype)),
    })
  })
})
