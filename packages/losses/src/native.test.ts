import { jit, reduceSum, type Tensor, valueAndGrad } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { everyLoss, type Inputs, type Row } from './every-loss'
import * as losses from './index'

/** Losses, metrics and the gradient of the sum of the losses, as one graph. */
async function run({ learnt, given = {}, of }: Row, backend: 'native' | 'reference') {
  const whole = jit(
    (learnt: Inputs, given: Inputs) =>
      valueAndGrad(
        (learnt: Inputs): [Tensor, Inputs] => {
          const outcome = of({ ...learnt, ...given } as never)
          const { losses, metrics = {} } = 'losses' in outcome ? outcome : { losses: outcome }
          return [reduceSum(losses), { losses, ...metrics }]
        },
        { hasAux: true },
      )<Inputs>(learnt),
    { backend },
  )
  const [[, values], gradients] = await whole(learnt, given)
  const ran = (await whole.compilations()).map((one) => one.backend)
  await whole.release()
  return { values, gradients, ran }
}

/** Some tens of roundings in another order, and exponentials within a few ulp (2⁻²³) of each other. */
const tolerance = 1e-5

function expectClose(name: string, got: Tensor, want: Tensor): void {
  expect([name, got.shape, got.dtype]).toEqual([name, want.shape, want.dtype])
  want.data.forEach((value, i) => {
    const error = Math.abs(got.data[i]! - value) / Math.max(1, Math.abs(value))
    expect(error, `${name}[${i}]: ${got.data[i]} instead of ${value}`).toBeLessThanOrEqual(tolerance)
  })
}

describe('every loss on ONNX Runtime, in f32', () => {
  it('is in the table', () => {
    const exported = Object.keys(losses).filter((name) => name.endsWith('Loss'))
    expect(Object.keys(everyLoss).sort()).toEqual(exported.sort())
  })

  it.each(
    Object.entries(everyLoss).flatMap(([name, rows]) =>
      rows.map((row, i) => ({ name: `${name} #${i}`, row })),
    ),
  )('$name has the losses, metrics and gradients of the reference', async ({ row }) => {
    const [native, reference] = [await run(row, 'native'), await run(row, 'reference')]
    expect(native.ran).toEqual(['native'])
    for (const [name, value] of Object.entries(reference.values))
      expectClose(name, native.values[name]!, value)
    for (const [name, slope] of Object.entries(reference.gradients)) {
      expectClose(`gradient of ${name}`, native.gradients[name]!, slope)
    }
    const slopes = Object.values(reference.gradients).flatMap((slope) => Array.from(slope.data))
    expect(slopes.some((slope) => slope !== 0)).toBe(true)
  })
})
