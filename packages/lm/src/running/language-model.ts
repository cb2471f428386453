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
import { parameterShapes } from '../config/parameter-shapes'
import { LmError } from '../lm-error'
import type { KeyValues, TokenBatch } from '../models/batch'
import { forward, logitsOf, logNormalizer } from '../models/forward'
import { requireShapes, requireTensors } from '../models/require-tensors'
import type { LowRank, Weights } from '../models/weights'
import { compiledPasses } from './compiled-passes'
import { createKeyValueCache, type KeyValueCache } from './key-value-cache'
import { requireRequest } from './require-request'
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
  /** What to compute with: a `snapshot()` of this model. Default: the model as it is now. */
  readonly snapshot?: ModelSnapshot
}

/** A model's variables and low-rank change as they were once; see {@link LanguageModel.snapshot}. */
export interface ModelSnapshot {
  /** The parameters that are variables. */
  readonly variables: Weights
  readonly lowRank: LowRank | undefined
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
   *   place outside the batch, a cache of other rows, one that another pass is reading, or tokens that do not come after its
   *   own; `RELEASED`.
   */
  run(request: RunRequest): Promise<RunResult>
  /**
   * What the model computes with now. Handed to each `run` of several, they are all of one model, whatever `update` does in
   * between; nothing is copied. Generation and scoring take one when they begin.
   */
  snapshot(): ModelSnapshot
  /**
   * Goes on with other parameters, of those that are `variables`, or another low-rank change.
   * @throws LmError `TENSOR_MISMATCH` for a parameter that is none of the variables, or of another shape.
   */
  update(change: { weights?: Weights; lowRank?: LowRank | undefined }): void
  /** What was compiled, and for which backend. */
  compilations(): Promise<Compilation[]>
  /** Frees what was compiled, once the passes under way have ended. The model does not run again: `RELEASED`. */
  release(): Promise<void>
}

/** What a compiled pass takes, by how its axes are named. */
interface Marks {
  readonly positions: Tensor
  readonly segments: Tensor
}

/** What passes over tokens need of a model. */
export type Runner = Pick<LanguageModel, 'name' | 'config' | 'createCache' | 'run'>

/** A model as it is now, for calls of several passes: they are all of the same parameters, whatever `update` does meanwhile. */
export function asItIs(model: LanguageModel): Runner {
  const snapshot = model.snapshot()
  return {
    name: model.name,
    config: model.config,
    createCache: (rows) => model.createCache(rows),
    run: (request) => model.run({ ...request, snapshot }),
  }
}

const i32 = (values: ArrayLike<number>, shape: readonly number[]): Tensor =>
  Tensor.fromData(values instanceof Int32Array ? values : Int32Array.from(values), shape)

/** What may change from call to call. */
interface Changing {
  readonly weights: Weights
  readonly lowRank: { readonly weights: Weights; readonly scale: Tensor } | null
}

/** What a pass is handed of a model's parameters, and how that is built: each way is a graph of its own. */
interface Handed {
  readonly changing: Changing
  readonly structure: string
}

/** In order of names, as a change of the same modules in another order is no other graph. */
function handed({ variables, lowRank }: ModelSnapshot): Handed {
  if (!lowRank) return { changing: { weights: variables, lowRank: null }, structure: '' }
  const factors = Object.entries(lowRank.weights).sort(([a], [b]) => (a < b ? -1 : 1))
  const scale = asTensor(lowRank.scale, 'f32')
  return {
    changing: { weights: variables, lowRank: { weights: Object.fromEntries(factors), scale } },
    structure: factors.map(([factor, { shape }]) => `${factor} [${shape}]`).join(),
  }
}

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

/** Parameters told apart: those that `update` may replace, and those that stay. */
function partition(weights: Weights, names: readonly string[], variable: ReadonlySet<string>) {
  const part = (inside: boolean): Weights =>
    Object.fromEntries(names.filter((n) => variable.has(n) === inside).map((n) => [n, weights[n]!]))
  return { constants: part(false), variables: part(true) }
}

/** f32, as all that is computed of f32 weights. */
const f32Of = ({ data }: Tensor): Float32Array => data as Float32Array

/** Runs a pass, and adds what it made of the batch to the cache. */
async function runPass(
  pass: ReturnType<typeof compilePass>,
  changing: Changing,
  request: RunRequest,
  cache: KeyValueCache,
): Promise<RunResult> {
  const { ids, positions, segments, rows, length } = request.batch
  const { layers, ...marks } = cache.past()
  const shape = [rows, length]
  const count = request.at.length
  const logitsCount = request.logitsOf ?? count
  const { keyValues, ...result } = await pass(
    changing,
    { ids: i32(ids, shape), positions: i32(positions, shape), segments: i32(segments, shape) },
    marks,
    layers,
    { at: i32(request.at, [count]), targets: i32(request.targets ?? new Int32Array(count), [count]) },
    i32(
      Int32Array.from({ length: logitsCount }, (_, i) => i),
      [logitsCount],
    ),
  )
  if (request.cache) cache.append(keyValues, positions, segments)
  return {
    logits: f32Of(result.logits),
    logProbs: f32Of(result.logProbs),
    logNormalizers: { max: f32Of(result.max), spread: f32Of(result.spread) },
  }
}

/** Caches that a pass reads and is to add to. */
const inUse = new WeakSet<KeyValueCache>()

/** Computes on a cache that nothing else computes on, tokens that come after those that it has. */
async function onCache<Result>(
  name: string,
  cache: KeyValueCache,
  { positions, segments }: TokenRows,
  compute: () => Promise<Result>,
): Promise<Result> {
  if (inUse.has(cache)) {
    const problem =
      'cache: expected one that no other pass is reading: wait for that, or run on copies (select)'
    throw new LmError('INVALID_OPTION', `${name}: ${problem}`)
  }
  cache.requireNext(name, positions, segments)
  inUse.add(cache)
  try {
    return await compute()
  } finally {
    inUse.delete(cache)
  }
}

/**
 * A language model over parameters in memory. One graph serves prompts, steps of generation and scoring. What is no variable
 * is held twice once it has run: here, and as constants of the graph. A low-rank change of other modules or another rank has a
 * graph of its own, with its own copy of the constants; the two that ran last are kept.
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when `weights` are not those of `config`, `INVALID_OPTION`.
 */
export function createLanguageModel(
  config: ModelConfig,
  weights: Weights,
  options: LanguageModelOptions = {},
): LanguageModel {
  checkOptions('createLanguageModel', options, { name: true, backend: true, variables: true, lowRank: true })
  const { name = 'model', backend } = options
  const shapes = parameterShapes(config)
  requireTensors(name, shapes, weights)
  const names = Object.keys(shapes)
  const variable = new Set(options.variables === 'all' ? names : (options.variables ?? []))
  const { constants, variables } = partition(weights, names, variable)
  return runningModel({ name, config, constants, backend }, { variables, lowRank: options.lowRank })
}

/** What of a model stays. */
interface Fixed {
  readonly name: string
  readonly config: ModelConfig
  readonly constants: Weights
  readonly backend: BackendChoice | undefined
}

/** Apart from `createLanguageModel`, whose closures would keep the weights that a model began with. */
function runningModel({ name, config, constants, backend }: Fixed, start: ModelSnapshot): LanguageModel {
  const shapes = parameterShapes(config)
  const passes = compiledPasses(name, () => compilePass(config, constants, backend))
  /** What is handed over for each snapshot; of a snapshot that nobody holds it goes. */
  const known = new WeakMap<ModelSnapshot, Handed>()
  let current = start
  const become = (next: ModelSnapshot): void => {
    known.set(next, handed(next))
    current = next
  }
  become(start)
  const handedOf = (snapshot: ModelSnapshot): Handed => {
    const found = known.get(snapshot)
    if (found) return found
    throw new LmError('INVALID_OPTION', `${name}: snapshot: expected one of this model, got another`)
  }

  return {
    name,
    config,
    get weights() {
      return { ...constants, ...current.variables }
    },
    get lowRank() {
      return current.lowRank
    },
    createCache: (rows) => createKeyValueCache(config, rows),
    async run(request) {
      requireRequest(name, config, request)
      const { changing, structure } = handedOf(request.snapshot ?? current)
      const cache = request.cache ?? createKeyValueCache(config, request.batch.rows)
      return onCache(name, cache, request.batch, () =>
        passes.run(structure, (pass) => runPass(pass, changing, request, cache)),
      )
    },
    snapshot: () => current,
    update(change) {
      const given = change.weights ?? {}
      const outside = Object.keys(given).find((n) => !Object.hasOwn(current.variables, n))
      if (outside !== undefined) {
        const problem = `update: ${outside} is none of the model's variables; name it when the model is created`
        throw new LmError('TENSOR_MISMATCH', `${name}: ${problem}`)
      }
      requireShapes(name, shapes, given)
      become({
        variables: { ...current.variables, ...given },
        lowRank: 'lowRank' in change ? change.lowRank : current.lowRank,
      })
    },
    compilations: () => passes.compilations(),
    release: () => passes.release(),
  }
}
