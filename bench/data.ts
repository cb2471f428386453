import type { BenchCase, MatmulCase, TrainingCase } from './cases.ts'

/** Weight `[inputs, outputs]` and bias `[outputs]` of each layer. */
export interface LayerData {
  readonly inputs: number
  readonly outputs: number
  readonly weight: Float32Array<ArrayBuffer>
  readonly bias: Float32Array<ArrayBuffer>
}

/** A training step with the numbers that it starts from. */
export interface TrainingData extends TrainingCase {
  readonly layers: readonly LayerData[]
  /** `[2 · pairs, inputs]`, first the chosen rows, then the rejected. */
  readonly rows: Float32Array<ArrayBuffer>
}

/** A chain of products `start · factor · factor · …`, both factors `[size, size]`. */
export interface MatmulData extends MatmulCase {
  readonly start: Float32Array<ArrayBuffer>
  readonly factor: Float32Array<ArrayBuffer>
}

export type CaseData = TrainingData | MatmulData

/** Flat arrays by name. */
export type NamedArrays = Readonly<Record<string, Float32Array<ArrayBuffer>>>

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

function fill(length: number, next: (i: number) => number): Float32Array<ArrayBuffer> {
  const filled = new Float32Array(length)
  for (let i = 0; i < length; i++) filled[i] = next(i)
  return filled
}

/** Weights and biases, layer after layer, a weight as `[inputs, outputs]`: uniform in ±1/√inputs. */
function initialWeights({ widths }: TrainingCase): Float32Array<ArrayBuffer> {
  const next = uniformNumbers(1)
  return Float32Array.from(
    widths.slice(1).flatMap((outputs, i) => {
      const inputs = widths[i]!
      return Array.from({ length: (inputs + 1) * outputs }, () => next() / Math.sqrt(inputs))
    }),
  )
}

/** `[2 · pairs, inputs]`, first the chosen rows, then the rejected; the first feature tells which is which, with noise. */
function trainingRows({ widths, pairs }: TrainingCase): Float32Array<ArrayBuffer> {
  const next = uniformNumbers(2)
  const inputs = widths[0]!
  const rows = fill(2 * pairs * inputs, next)
  for (let row = 0; row < 2 * pairs; row++) rows[row * inputs]! += row < pairs ? 0.5 : -0.5
  return rows
}

/**
 * The matrix of the discrete Hartley transform, `(cos(2πij/size) + sin(2πij/size)) / √size`: dense and orthogonal, so
 * that a chain of any length neither overflows nor fades into denormal numbers, which processors are slow at.
 */
function hartleyMatrix(size: number): Float32Array<ArrayBuffer> {
  const angle = (2 * Math.PI) / size
  const period = fill(size, (k) => (Math.cos(angle * k) + Math.sin(angle * k)) / Math.sqrt(size))
  return fill(size * size, (at) => period[(Math.floor(at / size) * (at % size)) % size]!)
}

const makers = {
  training: (spec: TrainingCase) => ({ weights: initialWeights(spec), rows: trainingRows(spec) }),
  matmul: ({ size }: MatmulCase) => ({
    start: fill(size * size, uniformNumbers(3)),
    factor: hartleyMatrix(size),
  }),
}

/** What all peers start from. */
export const makeArrays = (spec: BenchCase): NamedArrays =>
  spec.kind === 'training' ? makers.training(spec) : makers.matmul(spec)

/** Takes the weights apart, layer by layer. */
function splitLayers(widths: readonly number[], weights: Float32Array<ArrayBuffer>): LayerData[] {
  let at = 0
  const take = (length: number) => {
    at += length
    return weights.slice(at - length, at)
  }
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i]!
    return { inputs, outputs, weight: take(inputs * outputs), bias: take(outputs) }
  })
}

/** A case with its arrays, however they came here. */
export function withArrays(spec: BenchCase, { weights, rows, start, factor }: NamedArrays): CaseData {
  if (spec.kind === 'matmul') return { ...spec, start: start!, factor: factor! }
  return { ...spec, layers: splitLayers(spec.widths, weights!), rows: rows! }
}
