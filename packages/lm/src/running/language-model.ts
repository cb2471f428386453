import {
  asTensor,
  type BackendChoice,
  type Compilation,
  jit,
  reshape,
  sub,
  Tensor,
  take,
  takeAlongAxis,
} from '@prefkit/tensor'
import { checkOptions } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { type ParameterShapes, parameterShapes } from '../config/parameter-shapes'
import { LmError } from '../lm-error'
import type { KeyValues, TokenBatch } from '../models/batch'
import { forward, logitsOf, logNormalizer } from '../models/forward'
import type { LowRank, Weights } from '../models/weights'
import { createKeyValueCache, type KeyValueCache } from './key-value-cache'
import type { TokenRows } from './token-rows'

/** Options of {@link createLanguageModel}. */
export interface LanguageModelOptions {
  /** What errors call the model. Default: `model`. */
  name?: string
  /** Where to run. Default: `auto`. */
  backend?: BackendChoice
  /**
   * Parameters that `update` may replace. They are handed over at each call; the others are constants of the compiled graph,
   * which is faster and lets a backend pack them once. Default: none.
   */
  variables?: 'all' | readonly string[]
  /** A low-rank change to run with. */
  lowRank?: LowRank
}

/** What a call of {@link LanguageModel.run} reads. */
export interface RunRequest {
  readonly batch: TokenRows
  /** The tokens before the batch's; those of the batch are added to it. Default: none. */
  readonly cache?: KeyValueCache
  /** Positions in the batch, counted row by row (row · T + column), whose next tokens are asked about. N of them, ≥ 1. */
  readonly at: ArrayLike<number>
  /** A token for each of `at`, whose log-probability is wanted. Default: 0 for all. */
  readonly targets?: ArrayLike<number>
  /** Of how many of `at`, from the first, logits are wanted. Default: all. At least 1. */
  readonly logitsOf?: number
}

/**
 * ln Σ exp of rows of logits, in two parts whose sum it is: a log-probability near 0 would be lost in the rounding of one.
 */
export interface LogNormalizers {
  /** The largest logit of each row: f32 [N]. */
  readonly max: Float32Array
  /** How far ln Σ exp is above it: f32 [N]. */
  readonly spread: Float32Array
}

/** ln p of the token that has `logit` in a row. */
export const logProbOf = (logit: number, { max, spread }: LogNormalizers, row: number): number =>
  logit - max[row]! - spread[row]!

/** What {@link LanguageModel.run} gives. */
export interface RunResult {
  /** f32 [K, vocabulary]: K = `logitsOf`. */
  readonly logits: Float32Array
  /** ln p of each of `targets` after its place in `at`: f32 [N]. */
  readonly logProbs: Float32Array
  /** ln Σ exp of the logits of each of `at`: see {@link logProbOf}. */
  readonly logNormalizers: LogNormalizers
}

/** A language model that can be run. */
export interface LanguageModel {
  readonly name: string
  readonly config: ModelConfig
  /** All parameters as they are now. */
  readonly weights: Weights
  readonly lowRank: LowRank | undefined
  /** An empty cache for that many rows. */
  createCache(rows: number): KeyValueCache
  /**
   * One pass over a batch of tokens.
   * @throws LmError `CONTEXT_TOO_LONG`, `UNKNOWN_TOKEN`, `EMPTY_INPUT` for no tokens or nothing asked, `INVALID_OPTION` for a
   *   place outside the batch or a cache of other rows.
   */
  run(request: RunRequest): Promise<RunResult>
  /**
   * Goes on with other parameters, of those that are `variables`, or another low-rank change.
   * @throws LmError `TENSOR_MISMATCH` for a parameter that is none of the variables, or of another shape.
   */
  update(change: { weights?: Weights; lowRank?: LowRank | undefined }): void
  /** What was compiled, and for which backend. */
  compilations(): Promise<Compilation[]>
  /** Frees what was compiled. */
  release(): Promise<void>
}

/** What a compiled pass takes, by how its axes are named. */
interface Marks {
  readonly positions: Tensor
  readonly segments: Tensor
}

const i32 = (values: ArrayLike<number>, shape: readonly number[]): Tensor =>
  Tensor.fromData(values instanceof Int32Array ? values : Int32Array.from(values), shape)

/** What may change from call to call. */
interface Changing {
  readonly weights: Weights
  readonly lowRank: { readonly weights: Weights; readonly scale: Tensor } | null
}

const scaled = ({ weights, scale }: LowRank) => ({ weights, scale: asTensor(scale, 'f32') })

/** A pass of the model as one graph, in which `constants` are held. */
const compilePass = (config: ModelConfig, constants: Weights, backend: BackendChoice | undefined) =>
  jit(
    (
      { weights: variables, lowRank }: Changing,
      batch: TokenBatch,
      marks: Marks,
      layers: readonly KeyValues[],
      asked: { at: Tensor; targets: Tensor },
      kept: Tensor,
    ) => {
      const weights = { ...constants, ...variables }
      const parameters = { weights, lowRank: lowRank ?? undefined }
      const { hidden, keyValues } = forward(config, parameters, batch, { layers, ...marks })
      const states = take(reshape(hidden, [-1, config.hiddenSize]), asked.at)
      const logits = logitsOf(config, weights, states)
      const { max, spread } = logNormalizer(logits)
      const chosen = takeAlongAxis(logits, reshape(asked.targets, [-1, 1]), -1)
      const logProbs = reshape(sub(sub(chosen, max), spread), [-1])
      return { logits: take(logits, kept), logProbs, max, spread, keyValues }
    },
    {
      ...(backend === undefined ? {} : { backend }),
      symbolicDims: [[], ['B', 'T'], ['B', 'C'], ['B', null, 'C'], ['N'], ['K']],
    },
  )

/**
 * A language model over parameters in memory. One graph serves prompts, steps of generation and scoring, so the weights
 * that it holds are there once.
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when `weights` are not those of `config`, `INVALID_OPTION`.
 */
export function createLanguageModel(
  config: ModelConfig,
  weights: Weights,
  options: LanguageModelOptions = {},
): LanguageModel {
  checkOptions('createLanguageModel', options, { name: true, backend: true, variables: true, lowRank: true })
  const name = options.name ?? 'model'
  const shapes = parameterShapes(config)
  requireWeights(name, shapes, weights)
  const names = Object.keys(shapes)
  const variable = new Set(options.variables === 'all' ? names : (options.variables ?? []))
  const part = (inside: boolean): Weights =>
    Object.fromEntries(names.filter((n) => variable.has(n) === inside).map((n) => [n, weights[n]!]))
  const constants = part(false)
  let variables = part(true)
  let lowRank = options.lowRank

  const pass = compilePass(config, constants, options.backend)

  return {
    name,
    config,
    get weights() {
      return { ...constants, ...variables }
    },
    get lowRank() {
      return lowRank
    },
    createCache: (rows) => createKeyValueCache(config, rows),
    async run(request) {
      const { ids, positions, segments, rows, length } = request.batch
      requireRequest(name, config, request)
      const cache = request.cache ?? createKeyValueCache(config, rows)
      const { layers, ...marks } = cache.past()
      const shape = [rows, length]
      const count = request.at.length
      const result = await pass(
        { weights: variables, lowRank: lowRank ? scaled(lowRank) : null },
        { ids: i32(ids, shape), positions: i32(positions, shape), segments: i32(segments, shape) },
        marks,
        layers,
        { at: i32(request.at, [count]), targets: i32(request.targets ?? new Int32Array(count), [count]) },
        i32(
          Int32Array.from({ length: request.logitsOf ?? count }, (_, i) => i),
          [request.logitsOf ?? count],
        ),
      )
      const keyValues = result.keyValues
      if (request.cache) request.cache.append(keyValues, positions, segments)
      // f32, as all that is computed of f32 weights.
      return {
        logits: result.logits.data as Float32Array,
        logProbs: result.logProbs.data as Float32Array,
        logNormalizers: {
          max: result.max.data as Float32Array,
          spread: result.spread.data as Float32Array,
        },
      }
    },
    update(change) {
      const given = change.weights ?? {}
      const outside = Object.keys(given).find((n) => !variable.has(n))
      if (outside !== undefined) {
        const problem = `update: ${outside} is none of the model's variables; name it when the model is created`
        throw new LmError('TENSOR_MISMATCH', `${name}: ${problem}`)
      }
      requireShapes(name, shapes, given)
      variables = { ...variables, ...given }
      if ('lowRank' in change) lowRank = change.lowRank
    },
    compilations: () => pass.compilations(),
    release: () => pass.release(),
  }
}

function requireWeights(name: string, shapes: ParameterShapes, weights: Weights): void {
  const missing = Object.keys(shapes).find((each) => !weights[each])
  if (missing !== undefined) {
    throw new LmError(
      'MISSING_TENSOR',
      `${name}: the configuration has a parameter ${missing}, the weights do not`,
    )
  }
  requireShapes(name, shapes, weights)
}

function requireShapes(name: string, shapes: ParameterShapes, weights: Weights): void {
  for (const [each, { shape, dtype }] of Object.entries(weights)) {
    const expected = shapes[each]
    if (expected && dtype === 'f32' && `${expected}` === `${shape}`) continue
    const wanted = expected ? `f32 [${expected}]` : 'no parameter of this name'
    throw new LmError('TENSOR_MISMATCH', `${name}: ${each}: expected ${wanted}, got ${dtype} [${shape}]`)
  }
}

/** The first of some whole numbers that is not from 0 to below `end`. */
const outside = (values: ArrayLike<number>, end: number): number | undefined =>
  Array.prototype.find.call(values, (value: number) => !(value >= 0 && value < end))

function requireRequest(
  name: string,
  config: ModelConfig,
  { batch, at, targets = [], cache }: RunRequest,
): void {
  const { ids, positions, rows, length } = batch
  if (ids.length === 0)
    throw new LmError('EMPTY_INPUT', `${name}: batch: expected at least one token, got none`)
  if (at.length === 0) throw new LmError('EMPTY_INPUT', `${name}: at: expected at least one place, got none`)
  const unknown = outside(ids, config.vocabSize) ?? outside(targets, config.vocabSize)
  if (unknown !== undefined) {
    const expected = `expected token ids from 0 to ${config.vocabSize - 1}`
    throw new LmError('UNKNOWN_TOKEN', `${name}: ${expected}, got ${unknown}`)
  }
  const beyond = outside(at, rows * length)
  if (beyond !== undefined) {
    const expected = `expected places from 0 to ${rows * length - 1}`
    throw new LmError('INVALID_OPTION', `${name}: at: ${expected}, got ${beyond}`)
  }
  if (cache && cache.rows !== rows) {
    throw new LmError('INVALID_OPTION', `${name}: cache: expected one of ${rows} rows, got ${cache.rows}`)
  }
  const last = positions.reduce((a, b) => Math.max(a, b), 0)
  if (last >= config.maxPositionEmbeddings) {
    const problem = `a sequence of ${last + 1} tokens is longer than the context, ${config.maxPositionEmbeddings}`
    throw new LmError('CONTEXT_TOO_LONG', `${name}: ${problem}`)
  }
}
