import { grad, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import { expect } from 'vitest'
import type { PolicyInputs } from './policy-inputs'

/** Numbers in double precision. */
export const f64 = (values: number[] | number[][]): Tensor => tensor(values, { dtype: 'f64' })

/** The slope of Σ losses in log π. */
export const gradientOf = (
  loss: (inputs: PolicyInputs) => { losses: Tensor },
  inputs: PolicyInputs & { logprobs: Tensor },
): Tensor =>
  grad((logprobs: Tensor) => reduceSum(loss({ ...inputs, logprobs }).losses))<Tensor>(inputs.logprobs)

/** Compares number by number, whatever the shape. */
export function expectClose(got: Tensor, expected: readonly number[], digits = 12): void {
  expect(got.data.length).toBe(expected.length)
  got.data.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, digits)
  })
}

/** Two sequences of three tokens, a good one and a bad one, of a policy that has moved. */
export const moved = {
  logprobs: f64([
    [-1, -2, -0.4],
    [-0.6, -1.2, -2.2],
  ]),
  oldLogprobs: f64([
    [-1.3, -1.9, -0.5],
    [-0.7, -1.6, -2.1],
  ]),
  advantages: [0.7, -1.1],
}

/** Tokens whose ratios are these. */
export const ofRatios = (ratios: number[][], mask?: number[][]) => ({
  logprobs: f64(ratios.map((row) => row.map((ratio) => Math.log(ratio) - 1))),
  rolloutLogprobs: f64(ratios.map((row) => row.map(() => -1))),
  ...(mask && { mask }),
})

/** Compares row by row. */
export const expectRows = (got: Tensor, expected: readonly (readonly number[])[]): void =>
  expectClose(got, expected.flat())
