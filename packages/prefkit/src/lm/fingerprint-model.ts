import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { PrefkitError } from '../prefkit-error'
import { fingerprintFiles } from '../runs/fingerprint-files'
import { adapterPath } from './adapter-path'
import type { ModelChoice } from './open-language-model'

/** Files that stand for those of a model. */
type Instead = Pick<ModelChoice, 'tokenizer' | 'chatTemplate'>

const given = ({ tokenizer, chatTemplate }: Instead): string[] =>
  [tokenizer, chatTemplate].filter((file) => file !== undefined)

/** What of a directory decides what a model says: configuration, weights, tokeniser, chat templates. */
const isOfModel = (name: string): boolean => /\.(safetensors|gguf|json|jinja)$/.test(name)

/** A tokeniser of llama2.c, which stands beside its model. */
const isTokenizer = (name: string): boolean => /^tok\w*\.bin$/.test(name)

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: Error) => {
    throw new PrefkitError('DATA_MISSING', `${path}: no such model: ${cause.message}`, { cause })
  })
  const directory = found.isDirectory() ? path : dirname(path)
  const names = (await readdir(directory)).sort()
  if (found.isDirectory()) return names.filter(isOfModel).map((name) => join(directory, name))
  return [path, ...names.filter(isTokenizer).map((name) => join(directory, name))]
}

/**
 * SHA-256 of a model's files, which tells it from another under the same path.
 * @param path of a directory or a file.
 * @param instead files that stand for some of the model's.
 * @throws PrefkitError `DATA_MISSING` where there is nothing, or it cannot be read.
 */
export async function fingerprintModel(path: string, instead: Instead = {}): Promise<string> {
  const files = [...(await filesOf(path)), ...given(instead)]
  const digests = await fingerprintFiles(files)
  const lines = files.map((file) => `${basename(file)} ${digests[file]}`)
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

/** The last part of a model's path. */
export const modelName = (path: string): string => basename(resolve(path))

/** What tells a model, and the change that it runs with, from others; for settings. */
export async function modelFingerprints({
  model,
  adapter,
  ...instead
}: Omit<ModelChoice, 'backend'>): Promise<{ readonly model: string; readonly adapter?: string }> {
  const digest = await fingerprintModel(model, instead)
  if (adapter === undefined) return { model: digest }
  return { model: digest, adapter: await fingerprintModel(await adapterPath(adapter)) }
}
