import {
  add,
  jit,
  mean,
  mul,
  randomKey,
  randomNormal,
  reduceSum,
  sub,
  type Tensor,
  tensor,
  treeLeaves,
  valueAndGrad,
} from '@prefkit/tensor'
import { array, assert, constantFrom, double, float, integer, property, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MlpParams, mlp } from '../layers/mlp'
import { linearSchedule } from '../schedules/linear-schedule'
import { accumulateGradients } from './accumulate-gradients'
import { adam } from './adam'
import { adamW } from './adam-w'
import { applyUpdates } from './apply-updates'
import { chain } from './chain'
import { clipByGlobalNorm, globalNorm } from './clip-by-global-norm'
import { clipByValue } from './clip-by-value'
import { weightsOnly } from './decay-mask'
import { lion } from './lion'
import type { Optimizer } from './optimizer'
import { scale, scaleBySchedule } from './scale'
import { sgd } from './sgd'
import { weightDecay } from './weight-decay'

type Pair = { w: Tensor; b: Tensor }

const f32 = float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 })
const pairs = tuple(
  array(f32, { minLength: 4, maxLength: 4 }),
  array(f32, { minLength: 2, maxLength: 2 }),
).map(([w, b]): Pair => ({ w: tensor(w, { shape: [2, 2] }), b: tensor(b) }))

const pieces: Record<string, Optimizer> = {
  clipByGlobalNorm: clipByGlobalNorm(1),
  clipByValue: clipByValue(0.5),
  weightDecay: weightDecay(0.1),
  scale: scale(-3),
  scaleBySchedule: scaleBySchedule(linearSchedule({ from: 1, to: 0, steps: 2 })),
  sgd: sgd({ learningRate: 0.1, momentum: 0.9 }),
  adam: adam({ learningRate: 0.1 }),
  lion: lion({ learningRate: 0.1 }),
}
const piece = constantFrom(...Object.values(pieces))

/** Parameters after the gradients, one step each. */
function follow<P>(optimizer: Optimizer, params: P, gradients: readonly P[]): P {
  let state = optimizer.init(params as Parameters<Optimizer['init']>[0])
  let now = params
  for (const grads of gradients) {
    const step = optimizer.update(grads, state, now)
    state = step.state
    now = applyUpdates(now, step.updates)
  }
  return now
}

const flat = (tree: unknown): number[] => treeLeaves(tree).flatMap(({ data }) => Array.from(data))
const zeroLike = ({ w, b }: Pair): Pair => ({ w: mul(0, w), b: mul(0, b) })

describe('chain', () => {
  it('is associative', () => {
    assert(
      property(
        piece,
        piece,
        piece,
        pairs,
        array(pairs, { minLength: 1, maxLength: 3 }),
        (a, b, c, params, gradients) => {
          const left = flat(follow(chain(chain(a, b), c), params, gradients))
          expect(flat(follow(chain(a, chain(b, c)), params, gradients))).toEqual(left)
          expect(flat(follow(chain(a, b, c), params, gradients))).toEqual(left)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('of nothing passes gradients on', () => {
    const grads = { w: tensor([1, -2]) }
    expect(chain().update(grads, [], grads).updates).toBe(grads)
  })

  it('says so when it is given the state of another', () => {
    const params = { w: tensor([1]) }
    const update = () => chain(scale(1), scale(2)).update(params, [null], params)
    expect(update).toThrow(
      expect.objectContaining({
        code: 'TREE_MISMATCH',
        message: 'state: chain expected a list of 2 states, got a list of 1',
      }),
    )
  })
})

describe('clipping', () => {
  it('by global norm bounds the norm and keeps the direction', () => {
    assert(
      property(pairs, double({ min: 0.01, max: 1000, noNaN: true }), (grads, maxNorm) => {
        const norm = Math.hypot(...flat(grads))
        const clipped = flat(clipByGlobalNorm(maxNorm).update(grads, null, grads).updates)
        expect(Math.hypot(...clipped)).toBeLessThanOrEqual(maxNorm * (1 + 1e-6))
        const factor = Math.min(1, maxNorm / (norm + 1e-6))
        // f32 rounds the norm and each product; squares below its smallest number vanish.
        flat(grads).forEach((g, i) => {
          expect(Math.abs(clipped[i]! - g * factor)).toBeLessThanOrEqual(1e-6 * Math.abs(g) + 1e-38)
        })
      }),
    )
  })

  it('by value bounds each, and leaves what is within', () => {
    assert(
      property(pairs, double({ min: 0.01, max: 100, noNaN: true }), (grads, limit) => {
        const clipped = flat(clipByValue(limit).update(grads, null, grads).updates)
        const bound = Math.fround(limit)
        flat(grads).forEach((g, i) => {
          expect(clipped[i]).toBe(Math.min(Math.max(g, -bound), bound))
        })
      }),
    )
  })

  it('does not hide a gradient that is not a number', () => {
    const grads = { a: tensor([Number.NaN, 1]), b: tensor([2]) }
    expect(flat(clipByGlobalNorm(1).update(grads, null, grads).updates)).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
    expect(flat(clipByValue(1).update(grads, null, grads).updates)).toEqual([Number.NaN, 1, 1])
  })

  it('has a norm of 0 of nothing, and of zeros', () => {
    expect(globalNorm({}).item()).toBe(0)
    const zero = { a: tensor([0, 0]) }
    expect(flat(clipByGlobalNorm(1).update(zero, null, zero).updates)).toEqual([0, 0])
  })
})

describe('accumulateGradients', () => {
  const makers: Record<string, () => Optimizer> = {
    sgd: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
    adamW: () => adamW({ learningRate: linearSchedule({ from: 0.1, to: 0, steps: 10 }) }),
    clipped: () => chain(clipByGlobalNorm(1), adam({ learningRate: 0.1 })),
  }

  it.each(Object.entries(makers))('of micro-batches is one batch: %s', (_, make) => {
    assert(
      property(
        pairs,
        integer({ min: 1, max: 4 }),
        array(pairs, { minLength: 8, maxLength: 8 }),
        (params, n, gradients) => {
          const micro = gradients.slice(0, 2 * n)
          const batches = [micro.slice(0, n), micro.slice(n)].map((group): Pair => {
            const average = (pick: (pair: Pair) => Tensor) =>
              mul(
                1 / n,
                group.map(pick).reduce((a, b) => add(a, b)),
              )
            return { w: average(({ w }) => w), b: average(({ b }) => b) }
          })
          const one = flat(follow(make(), params, batches))
          const many = flat(follow(accumulateGradients(make(), n), params, micro))
          // The sums begin with 0 + g in one and with g in the other, which is the same in floating point.
          expect(many.map((x, i) => x === one[i])).not.toContain(false)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('does not move in between', () => {
    const optimizer = accumulateGradients(adamW({ learningRate: 0.1 }), 3)
    const params = { w: tensor([1, 2]) }
    const grads = { w: tensor([1, -1]) }
    expect(flat(follow(optimizer, params, [grads, grads]))).toEqual([1, 2])
    expect(flat(follow(optimizer, params, [grads, grads, grads]))).not.toEqual([1, 2])
  })

  it('starts anew after each move', () => {
    const optimizer = accumulateGradients(sgd({ learningRate: 1 }), 2)
    const one = (x: number) => ({ w: tensor([x]) })
    expect(flat(follow(optimizer, one(0), [one(1), one(3), one(10), one(20)]))).toEqual([-2 - 15])
  })
})

describe('masks', () => {
  const params = { layers: [{ weight: tensor([[2, 4]]), bias: tensor([8]) }] }
  const still = { layers: [{ weight: tensor([[0, 0]]), bias: tensor([0]) }] }
  const decayed = (optimizer: Optimizer) => flat(follow(optimizer, params, [still]))
  const byTree = { layers: [{ weight: true, bias: false }] }
  const byPath = (path: string) => path === 'layers[0].weight'

  it.each([
    ['tree', byTree],
    ['path', byPath],
    ['rank', weightsOnly],
  ])('by %s decide what decays', (_, mask) => {
    // Leaves in the order of their keys: bias, weight.
    expect(decayed(chain(weightDecay(0.5, { mask }), scale(-1)))).toEqual([8, 1, 2])
    expect(decayed(adamW({ learningRate: 0.5, weightDecay: 0.5, mask }))).toEqual([8, 1.5, 3])
    expect(decayed(lion({ learningRate: 0.5, weightDecay: 0.5, mask }))).toEqual([8, 1.5, 3])
    expect(decayed(sgd({ learningRate: 0.5, weightDecay: 0.5, mask }))).toEqual([8, 1.5, 3])
    expect(decayed(adam({ learningRate: 0.5, weightDecay: 0.5, mask }))[0]).toBe(8)
    expect(decayed(adam({ learningRate: 0.5, weightDecay: 0.5, mask }))[1]).toBeCloseTo(1.5, 6)
  })

  it('true lets all decay, false none', () => {
    expect(decayed(adamW({ learningRate: 0.5, weightDecay: 0.5 }))).toEqual([6, 1.5, 3])
    expect(decayed(adamW({ learningRate: 0.5, weightDecay: 0.5, mask: false }))).toEqual([8, 2, 4])
  })

  it('name the parameter they say nothing of', () => {
    const mask = { layers: [{ weight: true }] }
    const wrong = expect.objectContaining({
      code: 'TREE_MISMATCH',
      message: 'mask: expected true or false at layers[0].bias, got nothing',
    })
    expect(() => decayed(adamW({ learningRate: 1, mask }))).toThrow(wrong)
  })
})

describe('learning rates', () => {
  const one = { w: tensor([1]) }

  it('may be a number, a tensor or a schedule', () => {
    const gradients = [one, one, one]
    expect(flat(follow(sgd({ learningRate: 0.25 }), one, gradients))).toEqual([0.25])
    expect(flat(follow(sgd({ learningRate: tensor(0.25) }), one, gradients))).toEqual([0.25])
    const schedule = linearSchedule({ from: 0.5, to: 0, steps: 2 })
    expect(flat(follow(sgd({ learningRate: schedule }), one, gradients))).toEqual([0.25])
    expect(flat(follow(lion({ learningRate: schedule }), one, gradients))).toEqual([0.25])
  })

  it('may be an input of the traced step', async () => {
    const step = jit(
      (params: typeof one, rate: Tensor) => {
        const { updates } = sgd({ learningRate: rate }).update(params, {}, params)
        return applyUpdates(params, updates)
      },
      { backend: 'reference' },
    )
    expect(flat(await step(one, tensor(0.5)))).toEqual([0.5])
    expect(flat(await step(one, tensor(0.25)))).toEqual([0.75])
    expect(await step.compilations()).toHaveLength(1)
  })
})

describe('adam', () => {
  it('with β of 0 is the sign, and forgets', () => {
    const optimizer = adam({ learningRate: 0.5, beta1: 0, beta2: 0, epsilon: 1e-12 })
    const grads = [{ w: tensor([3, -0.01]) }, { w: tensor([-7, -100]) }]
    expect(flat(follow(optimizer, { w: tensor([0, 0]) }, grads))).toEqual([0, 1])
  })

  it('corrects its bias as exactly late as early', () => {
    // A constant gradient has m̂ = g and v̂ = g² at every step, so each step is η·g/(|g| + ε).
    const optimizer = adam({ learningRate: 1, beta2: 0.9999 })
    const params = { w: tensor([0]) }
    let state = optimizer.init(params)
    for (let i = 0; i < 2000; i++) {
      const result = optimizer.update({ w: tensor([0.5]) }, state, params)
      state = result.state
      // β₂ itself is rounded to f32, which the sums of the gradients grow by in time.
      expect(Math.abs(result.updates.w.item() + 1)).toBeLessThan(1e-5)
      if (i < 10) expect(Math.abs(result.updates.w.item() + 1)).toBeLessThan(5e-7)
    }
  })
})

const makers: Record<string, Optimizer> = {
  sgd: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adam: adam({ learningRate: 0.01 }),
  adamW: chain(clipByGlobalNorm(1), adamW({ learningRate: 0.01, mask: weightsOnly })),
  lion: lion({ learningRate: 0.003 }),
  accumulated: accumulateGradients(adam({ learningRate: 0.02 }), 2),
}

describe.each(['reference', 'native'] as const)('a whole step as one graph on %s', (backend) => {
  it.each(Object.entries(makers))(
    '%s lowers the loss, with batches of two sizes in one compilation',
    async (_, optimizer) => {
      const model = mlp({ inputs: 3, hidden: [16], activation: 'tanh' })
      const loss = (params: MlpParams, x: Tensor, y: Tensor) => {
        const error = sub(model.apply(params, x), y)
        return mean(mul(error, error))
      }
      let params = model.init(randomKey(1))
      let state = optimizer.init(params)
      const step = jit(
        (weights: MlpParams, before: typeof state, x: Tensor, y: Tensor) => {
          const [value, grads] = valueAndGrad(loss)(weights, x, y)
          const { updates, state: after } = optimizer.update(grads, before, weights)
          return { value, params: applyUpdates(weights, updates), state: after }
        },
        { backend, symbolicDims: [[], [], ['B'], ['B']] },
      )
      const losses: number[] = []
      for (let i = 0; i < 60; i++) {
        const x = randomNormal(randomKey(i % 6), [i % 2 ? 24 : 32, 3])
        const y = reduceSum(mul(x, tensor([1, -1, 0.5])), { axis: 1, keepDims: true })
        const result = await step(params, state, x, y)
        ;({ params, state } = result)
        losses.push(result.value.item())
      }
      const average = (values: number[]) => values.reduce((a, b) => a + b) / values.length
      expect(average(losses.slice(-6))).toBeLessThan(0.5 * average(losses.slice(0, 6)))
      expect(await step.compilations()).toHaveLength(1)
      await step.release()
    },
  )
})

describe('options out of range', () => {
  const bad: [string, () => unknown, RegExp][] = [
    [
      'sgd momentum',
      () => sgd({ learningRate: 1, momentum: 1 }),
      /^momentum: expected a number in \[0, 1\), got 1$/,
    ],
    [
      'sgd nesterov',
      () => sgd({ learningRate: 1, nesterov: true }),
      /^nesterov: expected a momentum above 0 with it, got true$/,
    ],
    ['sgd rate', () => sgd({ learningRate: -1 }), /^learningRate: expected a number of at least 0, got -1$/],
    ['adam beta1', () => adam({ learningRate: 1, beta1: -0.1 }), /^beta1: /],
    ['adam beta2', () => adamW({ learningRate: 1, beta2: Number.NaN }), /^beta2: .* got NaN$/],
    ['adam epsilon', () => adamW({ learningRate: 1, epsilon: 0 }), /^epsilon: expected a number > 0, got 0$/],
    [
      'adamW decay',
      () => adamW({ learningRate: 1, weightDecay: -1 }),
      /^weightDecay: expected a number of at least 0, got -1$/,
    ],
    ['lion beta2', () => lion({ learningRate: 1, beta2: 1 }), /^beta2: /],
    [
      'weightDecay',
      () => weightDecay(Number.POSITIVE_INFINITY),
      /^rate: expected a number of at least 0, got Infinity$/,
    ],
    ['clipByGlobalNorm', () => clipByGlobalNorm(0), /^maxNorm: expected a number > 0, got 0$/],
    ['clipByValue', () => clipByValue(-1), /^limit: /],
    [
      'accumulateGradients',
      () => accumulateGradients(sgd({ learningRate: 1 }), 0),
      /^n: expected a whole number of at least 1, got 0$/,
    ],
  ]

  it.each(bad)('%s', (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(message) }),
    )
  })

  it('a learning rate that is NaN', () => {
    expect(() => adam({ learningRate: Number.NaN })).toThrow(/^learningRate: /)
  })
})

it('zero gradients leave parameters where they are', () => {
  assert(
    property(pairs, (params) => {
      for (const optimizer of [
        sgd({ learningRate: 1, momentum: 0.5 }),
        adam({ learningRate: 1 }),
        lion({ learningRate: 1 }),
      ]) {
        const moved = flat(follow(optimizer, params, [zeroLike(params)]))
        expect(moved.map((x, i) => x === flat(params)[i])).not.toContain(false)
      }
    }),
  )
})
