import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkOptions, excerpt } from '../check-options'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { ggufChatTemplate, ggufTokenizerFiles } from '../gguf/gguf-tokenizer'
import { openGguf } from '../gguf/open-gguf'
import { llama2cTokenizerFiles } from '../llama2c/llama2c-tokenizer'
import { openLlama2c } from '../llama2c/open-llama2c'
import { LmError } from '../lm-error'
import { chatTemplate } from '../tokenizer/chat-template'
import { createTokenizer } from '../tokenizer/tokenizer'
import { type FileSource, openFile } from './file-source'
import { openHuggingFace } from './open-hugging-face'
import { requireVocabulary } from './require-vocabulary'

/** Options of {@link loadCheckpoint}. */
export interface LoadCheckpointOptions {
  /**
   * False leaves the tokeniser out, and with it the chat template. The path of a tokeniser of llama2.c, for one of
   * its models only. Default: true, that of the checkpoint; for llama2.c's, the file beside it that is called `tok` and
   * the number of tokens, such as tok512.bin, or tokenizer.bin.
   */
  tokenizer?: boolean | string
}

const kinds = 'a directory with a config.json, a GGUF file or a checkpoint of llama2.c'

/** A file of a tokeniser is llama2.c's: other models have theirs in files of their own, or within. */
function withOwnTokenizer(tokenizer: boolean | string, path: string): boolean {
  if (typeof tokenizer === 'boolean') return tokenizer
  const problem = `expected true or false, as only models of llama2.c take a file, and ${path} is none; got ${excerpt(tokenizer)}`
  throw new LmError('INVALID_OPTION', `tokenizer: ${problem}`)
}

async function openGgufFile(source: FileSource, withTokenizer: boolean): Promise<Checkpoint> {
  const { header, config, tensors } = await openGguf(source)
  const files = withTokenizer ? ggufTokenizerFiles(header, source.name) : undefined
  const tokenizer = files && createTokenizer(files, { file: source.name })
  if (tokenizer) requireVocabulary(tokenizer, config.vocabSize, source.name)
  const template = tokenizer && ggufChatTemplate(header)
  return {
    format: 'gguf',
    path: source.name,
    config,
    tensors,
    ...(tokenizer ? { tokenizer } : {}),
    ...(template === undefined ? {} : { chatTemplate: chatTemplate(template, tokenizer!.specialTokens) }),
    tokenizerFiles: [],
    close: () => source.close(),
  }
}

/** The file of a tokeniser beside a model of llama2.c. */
function tokenizerBeside(path: string, vocabSize: number): string | undefined {
  const names = [`tok${vocabSize}.bin`, 'tokenizer.bin']
  return names.map((name) => join(dirname(path), name)).find(existsSync)
}

async function readTokenizerFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new LmError('READ_FAILED', `${path}: could not be read: ${(cause as Error).message}`, { cause })
  }
}

async function openLlama2cFile(source: FileSource, tokenizer: boolean | string): Promise<Checkpoint> {
  const { config, tensors } = await openLlama2c(source)
  const beside = tokenizer === true ? tokenizerBeside(source.name, config.vocabSize) : undefined
  const path = typeof tokenizer === 'string' ? tokenizer : beside
  const files =
    path === undefined
      ? undefined
      : llama2cTokenizerFiles(await readTokenizerFile(path), config.vocabSize, path)
  return {
    format: 'llama2.c',
    path: source.name,
    config,
    tensors,
    ...(files ? { tokenizer: createTokenizer(files, { file: path! }) } : {}),
    tokenizerFiles: [],
    close: () => source.close(),
  }
}

async function isGguf(source: FileSource): Promise<boolean> {
  if (source.size < 4) return false
  return new TextDecoder('latin1').decode(await source.read(0, 4)) === 'GGUF'
}

async function openModelFile(path: string, tokenizer: boolean | string): Promise<Checkpoint> {
  if (path.endsWith('.safetensors')) {
    const problem = 'weights alone are no model: expected the directory that has them and a config.json'
    throw new LmError('NOT_A_CHECKPOINT', `${path}: ${problem}`)
  }
  const source = await openFile(path)
  try {
    if (await isGguf(source)) return await openGgufFile(source, withOwnTokenizer(tokenizer, path))
    return await openLlama2cFile(source, tokenizer)
  } catch (error) {
    await source.close()
    if (!LmError.isInstance(error) || error.code !== 'NOT_A_CHECKPOINT') throw error
    throw new LmError('NOT_A_CHECKPOINT', `${path}: expected ${kinds}`, { cause: error })
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (cause) {
    throw new LmError('READ_FAILED', `${path}: could not be read: ${(cause as Error).message}`, { cause })
  }
}

async function openDirectory(path: string, tokenizer: boolean | string): Promise<Checkpoint> {
  if (existsSync(join(path, 'config.json'))) {
    return openHuggingFace(path, withOwnTokenizer(tokenizer, path))
  }
  const models = (await namesIn(path)).filter((name) => name.endsWith('.gguf')).sort()
  if (models.length === 1) return openModelFile(join(path, models[0]!), tokenizer)
  const found = models.length === 0 ? 'no config.json' : `several GGUF files: ${models.join(', ')}`
  throw new LmError('NOT_A_CHECKPOINT', `${path}: expected ${kinds}; it has ${found}`)
}

/**
 * Opens a language model: a directory of Hugging Face (config.json, model.safetensors or its shards, tokenizer.json),
 * a GGUF file, or a checkpoint of llama2.c. What is wrong with it is found before any weight is read; weights are
 * read one tensor at a time, when they are asked for. `close` it afterwards.
 * @param path of the directory or the file. Nothing is downloaded: that is `loadFromHub`.
 * @throws LmError `NOT_A_CHECKPOINT`, `MISSING_FILE`, `INVALID_FILE`, `READ_FAILED`; `UNKNOWN_ARCHITECTURE`,
 *   `INVALID_CONFIG`; `MISSING_TENSOR`, `TENSOR_MISMATCH`, `UNSUPPORTED_DTYPE`, `UNSUPPORTED_VERSION`;
 *   `INVALID_TOKENIZER`, `TEMPLATE_FAILED`; `INVALID_OPTION`.
 */
export async function loadCheckpoint(path: string, options: LoadCheckpointOptions = {}): Promise<Checkpoint> {
  checkOptions('loadCheckpoint', options, { tokenizer: true })
  const { tokenizer = true } = options
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const hint = /^[\w.-]+\/[\w.-]+$/.test(path) ? '; a model of the hub is opened by loadFromHub' : ''
    const problem = cause.code === 'ENOENT' ? `no such file or directory${hint}` : cause.message
    throw new LmError(cause.code === 'ENOENT' ? 'MISSING_FILE' : 'READ_FAILED', `${path}: ${problem}`, {
      cause,
    })
  })
  return found.isDirectory() ? openDirectory(path, tokenizer) : openModelFile(path, tokenizer)
}
