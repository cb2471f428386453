import { dirname } from 'node:path'
import { checkOptions, excerpt } from '../check-options'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { LmError } from '../lm-error'
import { loadCheckpoint } from './load-checkpoint'
import { tokenizerFileNames } from './open-tokenizer'

/** What every request may have. */
interface HubCredentials {
  accessToken?: string
  fetch?: typeof fetch
}

/** What is asked of a repository, at a commit of it. */
interface HubRequest extends HubCredentials {
  repo: string
  revision: string
}

/** What is used of `@huggingface/hub`. */
export interface HubClient {
  /** Tells the commit that a branch or tag is at. */
  modelInfo(
    request: HubCredentials & { name: string; revision: string; additionalFields: ['sha'] },
  ): Promise<{ sha: string }>
  /** Lists the files of a repository. */
  listFiles(request: HubRequest): AsyncIterable<{ type: string; path: string }>
  /** Downloads a file, unless the cache has it, and gives its path. */
  downloadFileToCacheDir(request: HubRequest & { path: string; cacheDir?: string }): Promise<string>
}

/** Options of {@link loadFromHub}. */
export interface LoadFromHubOptions {
  /** The client. Default: the package `@huggingface/hub`, which has to be installed. */
  hub?: HubClient
  /** A GGUF file of the repository. Default: its config.json and safetensors. */
  file?: string
  /** Branch, tag or commit. Default: `main`. */
  revision?: string
  /** Where files are kept. Default: the cache that all programs of Hugging Face share. */
  cacheDir?: string
  /** Token of an account, for repositories that are not public. Default: none. */
  accessToken?: string
  /** Makes requests. Default: the global `fetch`. */
  fetch?: typeof fetch
}

async function installedHub(): Promise<HubClient> {
  try {
    return await import('@huggingface/hub')
  } catch (cause) {
    const problem = 'the package @huggingface/hub is not installed: install it, or give a client as hub'
    throw new LmError('MISSING_PEER', `loadFromHub: ${problem}`, { cause })
  }
}

const wanted = new Set(['config.json', 'generation_config.json', ...tokenizerFileNames])
const weights = /^model(-\d+-of-\d+)?\.safetensors(\.index\.json)?$/

/** The files of a model, among all the formats that a repository may have it in. */
const isWanted = (path: string): boolean => wanted.has(path) || weights.test(path)

async function filesOf(hub: HubClient, request: HubRequest): Promise<string[]> {
  const files: string[] = []
  for await (const { type, path } of hub.listFiles(request)) {
    if (type === 'file' && isWanted(path)) files.push(path)
  }
  if (files.includes('config.json')) return files
  throw new LmError(
    'NOT_A_CHECKPOINT',
    `${request.repo}: expected a config.json in this repository, or the option file`,
  )
}

/**
 * Downloads what a model needs from the Hugging Face hub, unless it is in the cache, and opens it as `loadCheckpoint`
 * does.
 * @param id of the repository, such as `HuggingFaceTB/SmolLM2-135M-Instruct`.
 * @throws LmError `MISSING_PEER` when there is no client; `DOWNLOAD_FAILED`; `NOT_A_CHECKPOINT`; and as
 *   `loadCheckpoint`.
 */
export async function loadFromHub(id: string, options: LoadFromHubOptions = {}): Promise<Checkpoint> {
  const names = { hub: true, file: true, revision: true, cacheDir: true, accessToken: true, fetch: true }
  checkOptions('loadFromHub', options, names)
  if (!/^\w[\w.-]*(\/\w[\w.-]*)?$/.test(id)) {
    throw new LmError('INVALID_OPTION', `id: expected a repository such as owner/name, got ${excerpt(id)}`)
  }
  const { hub = await installedHub(), file, cacheDir, revision = 'main', ...credentials } = options
  const cache = cacheDir === undefined ? {} : { cacheDir }
  const paths: string[] = []
  try {
    // The client puts files into a directory of their commit, and only for a commit into one and the same.
    const { sha } = await hub.modelInfo({ name: id, revision, additionalFields: ['sha'], ...credentials })
    const request: HubRequest = { repo: id, revision: sha, ...credentials }
    for (const path of file === undefined ? await filesOf(hub, request) : [file]) {
      paths.push(await hub.downloadFileToCacheDir({ ...request, ...cache, path }))
    }
  } catch (cause) {
    if (LmError.isInstance(cause)) throw cause
    throw new LmError('DOWNLOAD_FAILED', `${id}: could not be downloaded: ${(cause as Error).message}`, {
      cause,
    })
  }
  const config = paths.find((path) => /[\\/]config\.json$/.test(path))
  return loadCheckpoint(config === undefined ? paths[0]! : dirname(config))
}
