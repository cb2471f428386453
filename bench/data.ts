import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrainingCase } from './cases.ts'

/** Uniform in [−1, 1), the same numbers each time (mulberry32). */
function uniformNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}

/** Weights and biases, layer after layer, a weight as `[inputs, outputs]`: uniform in ±1/√inputs. */
function initialWeights({ widths }: TrainingCase): Float32Array {
  const next = uniformNumbers(1)
  return Float32Array.from(
    widths.slice(1).flatMap((outputs, i) => {
      const inputs = widths[i]!
      return Array.from({ length: (inputs + 1) * outputs }, () => next() / Math.sqrt(inputs))
    }),
  )
}

/** `[2 · pairs, inputs]`, first the chosen rows, then the rejected; the first feature tells which is which, with noise. */
function trainingRows({ widths, pairs }: TrainingCase): Float32Array {
  const next = uniformNumbers(2)
  const inputs = widths[0]!
  const rows = new Float32Array(2 * pairs * inputs)
  for (let i = 0; i < rows.length; i++) rows[i] = next()
  for (let row = 0; row < 2 * pairs; row++) rows[row * inputs]! += row < pairs ? 0.5 : -0.5
  return rows
}

/** Writes what all peers start from: `weights.f32` and `rows.f32`, little-endian. */
export function writeData(folder: string, spec: TrainingCase): void {
  writeFileSync(join(folder, 'weights.f32'), initialWeights(spec))
  writeFileSync(join(folder, 'rows.f32'), trainingRows(spec))
}
