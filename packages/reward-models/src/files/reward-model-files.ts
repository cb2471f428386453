import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flattenParams } from '@prefkit/nn'
import { replaceDirectory, writeSafetensors } from '@prefkit/nn/files'
import { createNetwork } from '../network'
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
  const network = createNetwork(options)
  const { params } = await network.begin(inputs, 0)
  await network.release()
  const like = { members: Array.from({ length: readCount(path, content, 'members') }, () => params) }
  const { members } = await readTensors(join(directory, fileNames.weights), like)
  return { options, inputs, members, ...(content.features !== undefined && { features: content.features }) }
}

function readOptions(path: string, content: JsonObject): RewardModelOptions {
  try {
    return resolveOptions(content.options as Partial<RewardModelOptions>)
  } catch (cause) {
    if (!RewardModelError.isInstance(cause)) throw cause
    throw new RewardModelError('INVALID_MODEL', `${path}: options.${cause.message}`, { cause })
  }
}

function readCount(path: string, content: JsonObject, name: string): number {
  const value = content[name]
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number
  const message = `${path}: ${name}: expected a whole number ≥ 1, got ${JSON.stringify(value) ?? 'nothing'}`
  throw new RewardModelError('INVALID_MODEL', message)
}
