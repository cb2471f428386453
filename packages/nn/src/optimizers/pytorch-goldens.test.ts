import {
  add,
  type DType,
  jit,
  matmul,
  mean,
  mul,
  sub,
  type Tensor,
  tanh,
  tensor,
  valueAndGrad,
} from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import clipping from '../goldens/clipping.json'
import goldens from '../goldens/optimizers.json'
import { type WarmupOptions, warmupCosine } from '../schedules/warmup'
import { flattenParams } from '../trees/flatten-params'
import { adam } from './adam'
import { adamW } from './adam-w'
import { applyUpdates } from './apply-updates'
import { chain } from './chain'
import { clipByGlobalNorm, globalNorm } from './clip-by-global-norm'
import { clipByValue } from './clip-by-value'
import { weightsOnly } from './decay-mask'
import { lion } from './lion'
import type { Optimizer } from './optimizer'
import { sgd } from './sgd'

type Weights = { weight: Tensor; bias: Tensor }
type Network = { first: Weights; second: Weights }

const makers = { adam, adamW, sgd, lion }

interface GoldenOptions {
  learningRate: number | WarmupOptions
  clipByGlobalNorm?: number
  clipByValue?: number
}

function optimizerOf(name: string): Optimizer {
  const [maker, given] = goldens.cases[name as keyof typeof goldens.cases].optimizer as [
    keyof typeof makers,
    GoldenOptions,
  ]
  const { learningRate: rate, clipByGlobalNorm: norm, clipByValue: limit, ...rest } = given
  const learningRate = typeof rate === 'number' ? rate : warmupCosine(rate)
  const mask = name.endsWith('-mask') ? weightsOnly : true
  const optimizer = makers[maker]({ ...rest, learningRate, mask })
  return chain(...(norm ? [clipByGlobalNorm(norm)] : []), ...(limit ? [clipByValue(limit)] : []), optimizer)
}

function lossOf({ first, second }: Network, x: Tensor, y: Tensor): Tensor {
  const hidden = tanh(add(matmul(x, first.weight), first.bias))
  const error = sub(add(matmul(hidden, second.weight), second.bias), y)
  return mean(mul(error, error))
}

/** Losses of 100 steps, and the parameters after those that the golden has. */
async function train(name: string, backend: 'reference' | 'native', dtype: DType) {
  const optimizer = optimizerOf(name)
  const make = (values: number[] | number[][]): Tensor => tensor(values, { dtype })
  const { first, second } = goldens.initial
  let params: Network = {
    first: { weight: make(first.weight), bias: make(first.bias) },
    second: { weight: make(second.weight), bias: make(second.bias) },
  }
  let state = optimizer.init(params)
  const step = jit(
    (weights: Network, before: typeof state, x: Tensor, y: Tensor) => {
      const [loss, grads] = valueAndGrad(lossOf)(weights, x, y)
      const { updates, state: after } = optimizer.update<Network>(grads, before, weights)
      return { loss, params: applyUpdates(weights, updates), state: after }
    },
    { backend },
  )
  const losses: number[] = []
  const snapshots: Record<string, Record<string, number[]>> = {}
  for (let i = 1; i <= 100; i++) {
    const result = await step(params, state, make(goldens.x), make(goldens.y))
    ;({ params, state } = result)
    losses.push(result.loss.item())
    const flat = Object.entries(flattenParams(params)).map(([key, { data }]) => [key, Array.from(data)])
    snapshots[i] = Object.fromEntries(flat)
  }
  await step.release()
  return { losses, params: snapshots }
}

type Trajectory = { losses: number[]; params: Record<string, Record<string, number[]>> }

/** The largest difference of a loss or a parameter at any step that both have. */
function distance(ours: Trajectory, theirs: Trajectory): number {
  const largest = (a: readonly number[], b: readonly number[]) =>
    Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))
  const params = Object.entries(theirs.params).flatMap(([step, group]) =>
    Object.entries(group).map(([key, values]) => largest(values, ours.params[step]![key]!)),
  )
  return Math.max(largest(theirs.losses, ours.losses), ...params)
}

describe('100 steps of PyTorch', () => {
  const names = Object.keys(goldens.cases) as (keyof typeof goldens.cases)[]

  it.each(names)('%s in f64', async (name) => {
    // Schedules are f32, half an ulp (6e-8) of a rate of 0.02; everything else is exact to rounding.
    const tolerance = name.endsWith('warmupCosine') ? 1e-7 : 1e-12
    expect(distance(await train(name, 'reference', 'f64'), goldens.cases[name].f64)).toBeLessThan(tolerance)
  })

  it.each(names.flatMap((name) => [[name, 'reference'] as const, [name, 'native'] as const]))(
    '%s in f32 on %s',
    async (name, backend) => {
      const { f64, f32 } = goldens.cases[name]
      const ours = await train(name, backend, 'f32')
      expect(distance(ours, f64)).toBeLessThan(1e-6)
      // PyTorch in f32 is itself up to 3e-6 from PyTorch in f64: it multiplies θ by 1 − ηλ, which rounds one way.
      expect(distance(ours, f32)).toBeLessThan(1e-6 + distance(f32, f64))
    },
  )
})

describe('clip_grad_norm_ of PyTorch', () => {
  const gradients = clipping.gradients.map((values) => tensor(values))

  it.each(clipping.cases)('to $maxNorm', ({ maxNorm, norm, clipped }) => {
    expect(globalNorm(gradients).item()).toBeCloseTo(norm, 5)
    const { updates } = clipByGlobalNorm(maxNorm).update(gradients, null, gradients)
    updates.forEach((update, i) => {
      const wanted = tensor(clipped[i]!).data
      // One ulp of f32 for the norm, one for the product.
      update.data.forEach((value, at) => {
        expect(Math.abs(value - wanted[at]!)).toBeLessThanOrEqual(2.5e-7 * Math.abs(wanted[at]!))
      })
    })
  })
})

it('the trajectories differ by far more than the tolerance from one another', () => {
  const last = (name: keyof typeof goldens.cases) => goldens.cases[name].f64.losses[99]!
  expect(Math.abs(last('adamW') - last('adam'))).toBeGreaterThan(1e-5)
  expect(Math.abs(last('sgd-momentum') - last('sgd-nesterov'))).toBeGreaterThan(1e-5)
})
