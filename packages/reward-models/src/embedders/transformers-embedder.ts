import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'
import { checks, type OptionCheck, oneOf, optional, resolveOptions } from './check-options'
import { digestModel } from './digest-model'
import { embedInBatches } from './embed-in-batches'
import type { Embedder } from './embedder'
import { loadPeer } from './load-peer'

const poolings = ['mean', 'cls', 'last_token'] as const

/** The file of the weights, by their precision. */
const onnxFiles = {
  fp32: 'model.onnx',
  fp16: 'model_fp16.onnx',
  q8: 'model_quantized.onnx',
  int8: 'model_int8.onnx',
  uint8: 'model_uint8.onnx',
  q4: 'model_q4.onnx',
  q4f16: 'model_q4f16.onnx',
  bnb4: 'model_bnb4.onnx',
} as const

/** Options of {@link transformersEmbedder}. */
export interface TransformersEmbedderOptions {
  /**
   * Name of a model on the Hugging Face hub with an ONNX export, such as `Xenova/all-MiniLM-L6-v2`; or a folder with
   * `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model.onnx`, as a path that is absolute or begins
   * with `./`, `../` or, for the home directory, `~/`.
   */
  model: string
  /** Branch, tag or commit on the hub. Default: `main`. A commit is the only one that cannot change. */
  revision?: string
  /** How a text's vector is made of those of its tokens. Models are trained for one of them. Default: `mean`. */
  pooling?: (typeof poolings)[number]
  /** Bring vectors to length 1. Default: true. */
  normalize?: boolean
  /** Precision of the weights; chooses the file, `onnx/model_quantized.onnx` for `q8`. Default: `fp32`. */
  dtype?: keyof typeof onnxFiles
  /** Folder for downloaded models. Default: that of the package, inside `node_modules`. */
  cacheDir?: string | undefined
  /** Never download. Default: false. */
  localFilesOnly?: boolean
  /** Texts at once. Default: 16. */
  batchSize?: number
}

type Resolved = Required<Omit<TransformersEmbedderOptions, 'cacheDir'>> &
  Pick<TransformersEmbedderOptions, 'cacheDir'>

const defaults: Resolved = {
  model: '',
  revision: 'main',
  pooling: 'mean',
  normalize: true,
  dtype: 'fp32',
  cacheDir: undefined,
  localFilesOnly: false,
  batchSize: 16,
}

const table: Readonly<Record<keyof Resolved, OptionCheck>> = {
  model: checks.text,
  revision: checks.text,
  pooling: oneOf(...poolings),
  normalize: checks.boolean,
  dtype: oneOf(...Object.keys(onnxFiles)),
  cacheDir: optional(checks.text),
  localFilesOnly: checks.boolean,
  batchSize: checks.positive,
}

/**
 * Vectors of a sentence transformer that runs here, in ONNX Runtime through the optional package
 * `@huggingface/transformers`. A model of the hub is downloaded once. Of a text longer than the model's window the
 * beginning counts, and the token that marks its end is cut off with the rest, unlike in Python.
 *
 * The id of a model in a folder is a digest of its files, which are read for it at once (about a second a gigabyte): it
 * changes with them, and a copy elsewhere has the same. That of a model of the hub is its name and revision.
 * @throws RewardModelError `INVALID_OPTION`, and `EMBEDDER_MISSING` for a folder without the files of a model; `embed`
 *   rejects with `EMBEDDER_MISSING` saying what to install, or which model could not be loaded, why, and what to do.
 */
export function transformersEmbedder(options: TransformersEmbedderOptions): Embedder {
  const resolved = resolveOptions<Resolved>('transformersEmbedder', options, defaults, table)
  const { model, pooling, normalize, dtype, batchSize } = resolved
  let loading: Promise<Extractor> | undefined
  return {
    id: `transformers:1:${identify(resolved)},pooling=${pooling},normalize=${normalize},dtype=${dtype}`,
    async embed(texts, embedOptions = {}) {
      embedOptions.signal?.throwIfAborted()
      loading ??= loadExtractor(resolved).catch((error: unknown) => {
        // A failed download may work the next time.
        loading = undefined
        throw error
      })
      const extract = await loading
      return embedInBatches(texts, {
        ...embedOptions,
        source: `transformersEmbedder: ${model}`,
        batchSize,
        embedBatch: async (batch) => toMatrix(await extract([...batch], { pooling, normalize }), model),
      })
    },
  }
}

interface Extracted {
  readonly data: ArrayLike<number | bigint>
  readonly dims: readonly number[]
}
type Extractor = (
  texts: string[],
  options: { pooling: Resolved['pooling']; normalize: boolean },
) => Promise<Extracted>

const isFolder = (model: string) => isAbsolute(model) || /^(\.\.?|~)[/\\]/.test(model)
/** A shell leaves the `~` of `transformers:~/model` as it is. */
const folderOf = (model: string) => resolve(model.replace(/^~(?=[/\\])/, () => homedir()))
const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** What names the model's files in the id. */
function identify({ model, revision, dtype }: Resolved): string {
  if (!isFolder(model)) return `${model}:revision=${revision}`
  try {
    return `files=${digestModel(folderOf(model), onnxFiles[dtype])}`
  } catch (cause) {
    throw missing(model, cause)
  }
}

async function loadExtractor(options: Resolved): Promise<Extractor> {
  const { model, revision, dtype, cacheDir, localFilesOnly } = options
  const { pipeline } = await loadPeer(
    'transformersEmbedder',
    ['@huggingface/transformers'],
    () => import('@huggingface/transformers'),
  )
  try {
    return (await pipeline('feature-extraction', isFolder(model) ? folderOf(model) : model, {
      revision,
      dtype,
      ...(cacheDir === undefined ? {} : { cache_dir: cacheDir }),
      local_files_only: localFilesOnly || isFolder(model),
    })) as Extractor
  } catch (cause) {
    throw missing(model, cause)
  }
}

function missing(model: string, cause: unknown): RewardModelError {
  const [reason, advice] = isFolder(model) ? whyFolder(model, cause) : whyName(model, cause)
  const message = `transformersEmbedder: the model ${model} could not be loaded: ${reason}; ${advice}`
  return new RewardModelError('EMBEDDER_MISSING', message, { cause })
}

function whyFolder(model: string, cause: unknown): [reason: string, advice: string] {
  const folder = folderOf(model)
  if (!isDirectory(folder)) return [`there is no folder ${folder}`, 'check its path']
  return [
    (cause as Error).message,
    'check that the folder has config.json, tokenizer.json, tokenizer_config.json and the ONNX file of the dtype',
  ]
}

function whyName(model: string, cause: unknown): [reason: string, advice: string] {
  const advice = isDirectory(model)
    ? `it was looked for on the Hugging Face hub; for the folder of this name that is here, write ./${model}`
    : 'check its name and the connection; without one, give a folder that holds the model as ./path'
  return [(cause as Error).message, advice]
}

function toMatrix({ data, dims }: Extracted, model: string): Matrix {
  const [rows, columns] = dims
  if (dims.length !== 2 || rows === undefined || columns === undefined) {
    const message = `transformersEmbedder: ${model}: expected one vector a text, got an array of shape (${dims})`
    throw new RewardModelError('EMBEDDING_FAILED', message)
  }
  return { data: Float32Array.from(data as ArrayLike<number>), rows, columns }
}
