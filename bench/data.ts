import type { BenchCase, MatmulCase, PolicyCase, TrainingCase } from './cases.ts'

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

/** Flat arrays by name. */
export type NamedArrays = Readonly<Record<string, Float32Array<ArrayBuffer>>>

/** A batch of responses; masks are 1 where a token counts, and 0 elsewhere. */
export interface PolicyData extends PolicyCase {
  readonly arrays: NamedArrays
}

export type CaseData = TrainingData | MatmulData | PolicyData

/** The data of the cases of a kind. */
export type DataOf<Kind extends BenchCase['kind']> = CaseData & { readonly kind: Kind }

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

/** `[responses, tokens]`: responses of 1 to all tokens, padded at the end. */
function paddedMask({ responses, tokens }: PolicyCase): Float32Array<ArrayBuffer> {
  const next = uniformNumbers(4)
  const lengths = fill(responses, () => 1 + Math.floor(((next() + 1) / 2) * tokens))
  return fill(responses * tokens, (at) => (at % tokens < lengths[Math.floor(at / tokens)]! ? 1 : 0))
}

/** `[responses, tokens]`: four of five tokens count, anywhere. */
function scatteredMask({ responses, tokens }: PolicyCase): Float32Array<ArrayBuffer> {
  const next = uniformNumbers(4)
  return fill(responses * tokens, () => (next() < 0.6 ? 1 : 0))
}

/** `[responses, tokens]`: uniform in [−1, 1). */
const perToken = ({ responses, tokens }: PolicyCase, seed: number) =>
  fill(responses * tokens, uniformNumbers(seed))

/** Log-probabilities before and after an update that leaves a fifth of the ratios outside the clip. */
function updatedLogprobs(spec: PolicyCase) {
  const oldLogprobs = perToken(spec, 7).map((x) => x - 1)
  const next = uniformNumbers(8)
  return { oldLogprobs, logprobs: oldLogprobs.map((x) => x + 0.25 * next()) }
}

type Makers = { readonly [Kind in BenchCase['kind']]: (spec: BenchCase & { kind: Kind }) => NamedArrays }

const makers: Makers = {
  training: (spec) => ({ weights: initialWeights(spec), rows: trainingRows(spec) }),
  matmul: ({ size }) => ({ start: fill(size * size, uniformNumbers(3)), factor: hartleyMatrix(size) }),
  gae: (spec) => ({ rewards: perToken(spec, 5), values: perToken(spec, 6), mask: paddedMask(spec) }),
  'group-relative': (spec) => ({
    rewards: fill(spec.responses, uniformNumbers(5)),
    mask: paddedMask(spec),
  }),
  'ppo-loss': (spec) => ({
    ...updatedLogprobs(spec),
    advantages: perToken(spec, 9),
    mask: scatteredMask(spec),
  }),
}

/** What all peers start from. */
export const makeArrays = (spec: BenchCase): NamedArrays =>
  (makers[spec.kind] as (spec: BenchCase) => NamedArrays)(spec)

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
export function withArrays(spec: BenchCase, arrays: NamedArrays): CaseData {
  const { weights, rows, start, factor } = arrays
  if (spec.kind === 'matmul') return { ...spec, start: start!, factor: factor! }
  if (spec.kind === 'training') return { ...spec, layers: splitLayers(spec.widths, weights!), rows: rows! }
  return { ...spec, arrays }
}
