import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceDirectory } from '@prefkit/nn/files'
import { partRules } from '../features/feature-parts'
import type { FeatureSpec } from '../features/feature-spec'
import { type ModelKind, type RewardModelOptions, type RewardModelSettings, resolveOptions } from '../options'
import type { RewardModel } from '../reward-model'
import { RewardModelError } from '../reward-model-error'
import { filesOf } from './kind-files'
import { type JsonObject, readVersioned } from './read-json'

const format = 'prefkit.reward-model'
const version = 1

/** The description of a saved model; beside it are its members. */
const descriptionName = 'model.json'

/**
 * Saves a reward model as a directory: `model.json` (options, width, how features are made) and its members. Those of an
 * MLP are `model.safetensors` (`members.0.layers.0.weight`, …), those of trees `trees-0.txt`, …, which Python's LightGBM
 * reads. The directory appears, or is replaced, whole or not at all.
 * @throws NnError `WRITE_FAILED` when it cannot be written, such as on a full disk.
 */
export async function saveRewardModel(directory: string, model: RewardModel): Promise<void> {
  const { members, ...rest } = model
  const description = { format, version, ...rest, members: members.length }
  await replaceDirectory(directory, async (temporary) => {
    await filesOf<ModelKind>(model.options).writeMembers(temporary, members)
    await writeFile(join(temporary, descriptionName), `${JSON.stringify(description, null, 2)}\n`)
  })
}

/**
 * Loads a model that {@link saveRewardModel} wrote; it scores exactly as the saved one did.
 * @throws RewardModelError `INVALID_MODEL` naming the file and what is wrong with it, `NEWER_VERSION` when a later
 *   release wrote it.
 */
export async function loadRewardModel(directory: string): Promise<RewardModel> {
  const path = join(directory, descriptionName)
  const content = await readVersioned(path, format, version)
  const options = readOptions(path, content)
  const inputs = readCount(path, content, 'inputs')
  const count = readCount(path, content, 'members')
  const members = await filesOf<ModelKind>(options).readMembers(directory, {
    options,
    inputs,
    members: count,
  })
  const features = readFeatures(path, content.features)
  // The files of a kind hold its members.
  return { options, inputs, members, ...(features && { features }) } as RewardModel
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

/** The options that a file says; those of earlier releases have no `kind`, and are of an MLP. */
export const readOptions = (path: string, { options }: JsonObject): RewardModelOptions =>
  withPlace(`${path}: in options: `, () => resolveOptions(options as RewardModelSettings))

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
