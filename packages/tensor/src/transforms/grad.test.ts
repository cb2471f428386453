import { describe, expect, it } from 'vitest'
import { TensorError } from '../core/errors'
import { type Tensor, tensor } from '../core/tensor'
import { mean } from '../ops/reduce'
import { add } from '../primitives/add'
import { cast } from '../primitives/cast'
import { exp } from '../primitives/exp'
import { floor } from '../primitives/floor'
import { matmul } from '../primitives/matmul'
import { mul } from '../primitives/mul'
import { pow } from '../primitives/pow'
import { reduceSum } from '../primitives/reduce-sum'
import { sin } from '../primitives/sin'
import { stopGradient } from '../primitives/stop-gradient'
import { sub } from '../primitives/sub'
import { grad, valueAndGrad } from './grad'
import { jit } from './jit'

const f64 = (...values: number[]) => tensor(new Float64Array(values))
const scalar = (value: number) => tensor(new Float64Array([value]), { shape: [] })

/** Both sides are double precision with a handful of roundings. */
const expectNear = (got: Tensor, want: readonly number[]) => {
  expect(got.size).toBe(want.length)
  want.forEach((value, i) => {
    expect(Math.abs(got.data[i]! - value)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(value)))
  })
}

describe('grad', () => {
  it('of a tree has the tree’s structure, in any order of keys', () => {
    const params = { w: f64(1, 2), layers: [{ b: f64(3) }, { b: f64(4) }] }
    const loss = (p: typeof params) =>
      reduceSum(add(mul(p.w, p.w), add(p.layers[0]!.b, mul(3, p.layers[1]!.b))))
    const g = grad(loss)(params)
    expectNear(g.w, [2, 4])
    expectNear(g.layers[0]!.b, [2])
    expectNear(g.layers[1]!.b, [6])
  })

  it('of grad equals the closed form', () => {
    // f = sin(x²): f′ = 2x cos x², f″ = 2 cos x² − 4x² sin x², f‴ = −12x sin x² − 8x³ cos x²
    const f = (x: Tensor) => sin(mul(x, x))
    const first = (x: Tensor): Tensor => grad(f)(x)
    const second = (x: Tensor): Tensor => grad(first)(x)
    const third = (x: Tensor): Tensor => grad(second)(x)
    const x = 0.7
    const s = Math.sin(x * x)
    const c = Math.cos(x * x)
    expectNear(first(scalar(x)), [2 * x * c])
    expectNear(second(scalar(x)), [2 * c - 4 * x * x * s])
    expectNear(third(scalar(x)), [-12 * x * s - 8 * x ** 3 * c])
  })

  it('of a gradient norm: a Hessian-vector product of a quadratic', () => {
    const a = tensor(new Float64Array([2, 1, 1, 3]), { shape: [2, 2] })
    const quadratic = (x: Tensor) => mul(0.5, matmul(x, matmul(a, x)))
    const norm = (x: Tensor) => reduceSum(pow(grad(quadratic)(x) as Tensor, 2))
    // ∇‖Ax‖² = 2AᵀAx with x = (1, −2): Ax = (0, −5), Aᵀ·(0, −5) = (−5, −15)
    expectNear(grad(norm)(f64(1, -2)), [-10, -30])
  })

  it('works inside jit, and inside jit again inside grad’s own function', async () => {
    const step = jit((x: Tensor) => sub(x, grad((y: Tensor) => reduceSum(exp(y)))(x)))
    const x = tensor([0, 1])
    const got = await step(x)
    expect(got.data[0]).toBe(-1)
    expect(got.data[1]).toBeCloseTo(1 - Math.E, 6)
    await step.release()
  })

  it('passes auxiliary results through, integers too', () => {
    const f = (x: Tensor): [Tensor, { whole: Tensor; twice: Tensor }] => [
      reduceSum(mul(x, x)),
      { whole: cast(x, 'i32'), twice: mul(2, x) },
    ]
    const [[value, aux], g] = valueAndGrad(f, { hasAux: true })<Tensor>(f64(1.5, 2))
    expect(value.item()).toBe(6.25)
    expect(aux.whole.data).toEqual(new Int32Array([1, 2]))
    expect(aux.twice.toArray()).toEqual([3, 4])
    expectNear(g, [3, 4])
  })

  it('treats a traced tensor that the function closes over as a constant of the inner function only', () => {
    // d/dx [x · d/dy (x·y²) at y = 3] = d/dx [x · 6x] = 12x
    const outer = (x: Tensor) => mul(x, grad((y: Tensor) => mul(x, mul(y, y)))(scalar(3)) as Tensor)
    expectNear(grad(outer)(scalar(2)), [24])
  })

  it('differentiates the argument asked for', () => {
    const f = (a: Tensor, b: Tensor) => reduceSum(mul(mul(a, a), b))
    expectNear(grad(f)(f64(2, 3), f64(5, 7)), [20, 42])
    expectNear(grad(f, { argument: 1 })<Tensor>(f64(2, 3), f64(5, 7)), [4, 9])
  })

  it('gives zeros for parameters that are not used, or only through flat ops', () => {
    const g = grad((p: { used: Tensor; idle: Tensor; flat: Tensor; held: Tensor }) =>
      reduceSum(add(mul(p.used, floor(p.flat)), stopGradient(p.held))),
    )({ used: f64(1, 2), idle: f64(1, 2, 3), flat: f64(3.5, 4.5), held: f64(1, 1) })
    expect(g.used.toArray()).toEqual([3, 4])
    expect(g.idle.toArray()).toEqual([0, 0, 0])
    expect(g.flat.toArray()).toEqual([0, 0])
    expect(g.held.toArray()).toEqual([0, 0])
    expect(g.idle.dtype).toBe('f64')
  })

  it('does not depend on how often a value is used', () => {
    const f = (x: Tensor) => {
      const y = mul(x, x)
      return reduceSum(add(add(y, y), mul(y, y)))
    }
    // 2x² + x⁴ → 4x + 4x³
    expectNear(grad(f)(f64(2)), [40])
  })

  it.each([
    ['an integer argument', () => grad((x: Tensor) => reduceSum(x))(tensor(new Int32Array([1]))), /is i32/],
    [
      'an integer inside a tree, by its path',
      () => grad((p: { a: Tensor[] }) => reduceSum(p.a[0]!))({ a: [f64(1), tensor([true])] }),
      /a\[1\] is bool; only float tensors have gradients/,
    ],
    [
      'a vector result',
      () => grad((x: Tensor) => x)(f64(1, 2)),
      /must return a float scalar, it returned f64 \[2\]/,
    ],
    [
      'an integer result',
      () => grad((x: Tensor) => cast(reduceSum(x), 'i32'))(f64(1)),
      /it returned i32 \[\]/,
    ],
  ])('refuses %s', (_case, run, message) => {
    expect(run).toThrow(message)
    try {
      run()
    } catch (error) {
      expect(TensorError.isInstance(error) && error.code).toBe('NOT_DIFFERENTIABLE')
    }
  })

  it('refuses a tensor that left the function it was traced in', () => {
    let leaked: Tensor | undefined
    grad((x: Tensor) => {
      leaked = mul(x, x)
      return reduceSum(leaked)
    })(f64(1, 2))
    expect(() => add(leaked!, 1)).toThrow(/traced f64 tensor of shape \[2\] was used outside the function/)
    expect(() => grad((y: Tensor) => reduceSum(mul(y, leaked!)))(f64(1, 2))).toThrow(
      /used outside the function/,
    )
    expect(() => leaked!.data).toThrow(/has no values yet/)
  })

  it('cannot look at the elements of its argument, and says so', () => {
    expect(() => grad((x: Tensor) => (x.item() > 0 ? x : x))(scalar(1))).toThrow(
      /traced f64 tensor of shape \[\] has no values yet.*grad\.test\.ts:\d+/s,
    )
  })

  it('keeps the value next to the gradient', () => {
    const [value, g] = valueAndGrad((x: Tensor) => mean(mul(x, x)))<Tensor>(f64(1, 3))
    expect(value.item()).toBe(5)
    expectNear(g, [1, 3])
  })
})
