import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flattenParams } from '@prefkit/nn'
import { replaceDirectory, writeSafetensors } from '@prefkit/nn/files'
import { partRules } from '../features/feature-parts'
import type { FeatureSpec } from '../features/feature-spec'
import { blankParams } from '../network'
import { type RewardModelOptions, resolveOptions } from '../options'
import type { RewardModel } from '../reward-model'
import { RewardModelError } from '../reward-model-error'
import { type JsonObject, readVersioned } from './read-json'
import { readTensors } from './read-tensors'

const format = 'prefkit.reward-model'
const version = 1

/** The description and the weights of a saved model. */
const fileNames = { description: 'model.json', weights: 'model.safetensors' }

/**
 * Saves a reward model as a directory: `model.json` (options, width, how features are made) and `model.safetensors`
 * (`members.0.layers.0.weight`, …). The directory appears, or is replaced, whole or not at all.
 * @throws NnError `WRITE_FAILED` when it cannot be written, such as on a full disk.
 */
export async function saveRewardModel(directory: string, model: RewardModel): Promise<void> {
  const { members, ...rest } = model
  const description = { format, version, ...rest, members: members.length }
  await replaceDirectory(directory, async (temporary) => {
    await writeSafetensors(join(temporary, fileNames.weights), flattenParams({ members }))
    await writeFile(join(temporary, fileNames.description), `${JSON.stringify(description, null, 2)}\n`)
  })
}

/**
 * Loads a model that {@link saveRewardModel} wrote; it scores exactly as the saved one did.
 * @throws RewardModelError `INVALID_MODEL` naming the file and what is wrong with it, `NEWER_VERSION` when a later
 *   release wrote it.
 */
export async function loadRewardModel(directory: string): Promise<RewardModel> {
  const path = join(directory, fileNames.description)
  const content = await readVersioned(path, format, version)
  const options = readOptions(path, content)
  const inputs = readCount(path, content, 'inputs')
  const params = blankParams(options, inputs)
  const like = { members: Array.from({ length: readCount(path, content, 'members') }, () => params) }
  const { members } = await readTensors(join(directory, fileNames.weights), like)
  const features = readFeatures(path, content.features)
  return { options, inputs, members, ...(features && { features }) }
}

/** All but the embedder's description is checked here; that is checked when the embedder is made. */
function readFeatures(path: string, content: unknown): FeatureSpec | undefined {
  if (content === undefined) return undefined
  const { embedder, embedderId, parts, surface } = (content ?? {}) as Partial<FeatureSpec>
  const place = `${path}: features`
  if (typeof embedder !== 'object' || embedder === null || !Array.isArray(parts)) {
    throw new RewardModelError(
      'INVALID_MODEL',
      `${place}: expected an object of embedder, embedderId and parts`,
    )
  }
  withPlace(`${place}.`, () => partRules(parts))
  if (typeof embedderId !== 'string' || embedderId === '') {
    const got = JSON.stringify(embedderId) ?? 'nothing'
    throw new RewardModelError('INVALID_MODEL', `${place}.embedderId: expected the embedder's id, got ${got}`)
  }
  if (!parts.includes('surface')) return { embedder, embedderId, parts }
  if (!Array.isArray(surface) || !surface.every((name) => typeof name === 'string')) {
    const got = JSON.stringify(surface) ?? 'nothing'
    throw new RewardModelError(
      'INVALID_MODEL',
      `${place}.surface: expected the names of the surface features, got ${got}`,
    )
  }
  return { embedder, embedderId, parts, surface }
}

const readOptions = (path: string, content: JsonObject): RewardModelOptions =>
  withPlace(`${path}: in options: `, () => resolveOptions(content.options as Partial<RewardModelOptions>))

/** What `check` throws, as a fault of the file. */
function withPlace<Result>(place: string, check: () => Result): Result {
  try {
    return check()
  } catch (cause) {
    if (!RewardModelError.isInstance(cause)) throw cause
    throw new RewardModelError('INVALID_MODEL', `${place}${cause.message}`, { cause })
  }
}

function readCount(path: string, content: JsonObject, name: string): number {
  const value = content[name]
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number
  const message = `${path}: ${name}: expected a whole number ≥ 1, got ${JSON.stringify(value) ?? 'nothing'}`
  throw new RewardModelError('INVALID_MODEL', message)
}
