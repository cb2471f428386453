import { expect } from 'vitest'
import type { BackendChoice } from '../backend'
import type { Tensor } from '../core/tensor'
import { jit } from '../transforms/jit'
import { differentiated, type Evaluated } from './differentiated'
import type { Op, Tolerance } from './op-row'

/** Options of {@link expectOp}. */
export interface ExpectOpOptions {
  /** Where the op runs; `eager` is the reference without a graph. */
  readonly backend: BackendChoice | 'eager'
  readonly tolerance: Tolerance
  /** Cotangents of the float results; by default those of {@link differentiated}. */
  readonly cotangents?: readonly Tensor[]
}

/** Checks an op's values and gradients at `inputs` against an oracle's. */
export async function expectOp(
  op: Op,
  inputs: readonly Tensor[],
  oracle: Evaluated,
  { backend, tolerance, cotangents }: ExpectOpOptions,
): Promise<void> {
  const program = differentiated(op, cotangents)
  if (backend === 'eager') return expectEvaluated(program(...inputs), oracle, tolerance)
  const compiled = jit(program, { backend })
  try {
    expectEvaluated(await compiled(...inputs), oracle, tolerance)
  } finally {
    await compiled.release()
  }
}

/** Checks values and gradients against an oracle's, each named in the message. */
export function expectEvaluated(got: Evaluated, want: Evaluated, tolerance: Tolerance, label = ''): void {
  expect(got.values.length, `${label} number of results`).toBe(want.values.length)
  want.values.forEach((value, i) => {
    expectClose(got.values[i]!, value, tolerance, `${label} value[${i}]`)
  })
  want.gradients.forEach((gradient, i) => {
    if (gradient) expectClose(got.gradients[i]!, gradient, tolerance, `${label} gradient[${i}]`)
  })
}

/** Checks shape, dtype and elements; NaN equals NaN, and an infinity only itself. */
export function expectClose(got: Tensor, want: Tensor, tolerance: Tolerance, label = 'tensor'): void {
  expect(got.shape, `${label}: shape`).toEqual(want.shape)
  expect(got.dtype, `${label}: dtype`).toBe(want.dtype)
  const misses: string[] = []
  for (let i = 0; i < want.data.length; i++) {
    if (!isClose(got.data[i]!, want.data[i]!, tolerance))
      misses.push(`[${i}] ${got.data[i]} ≠ ${want.data[i]}`)
  }
  expect(misses.slice(0, 8), `${label}: ${misses.length} of ${want.data.length} elements differ`).toEqual([])
}

/** Equal up to the tolerance, NaN and infinities included. */
function isClose(got: number, want: number, { absolute, relative }: Tolerance): boolean {
  if (Object.is(got, want) || got === want) return true
  return Math.abs(got - want) <= absolute + relative * Math.abs(want) && Number.isFinite(want)
}
