import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BoostedTrees, readModel, TreesError, writeModel } from '@prefkit/trees'
import { RewardModelError } from '../reward-model-error'
import type { FilesOf } from './kind-files'

/** LightGBM's text models: what Python's `lightgbm.Booster(model_file=…)` reads. */
const names = {
  member: (member: number) => `trees-${member}.txt`,
  current: 'trees.txt',
}

async function writeMembers(directory: string, members: readonly BoostedTrees[]): Promise<void> {
  for (const [i, member] of members.entries()) await write(join(directory, names.member(i)), member)
}

const readMembers = (
  directory: string,
  { inputs, members }: { readonly inputs: number; readonly members: number },
): Promise<BoostedTrees[]> =>
  Promise.all(Array.from({ length: members }, (_, i) => read(join(directory, names.member(i)), inputs)))

const write = (path: string, model: BoostedTrees): Promise<void> => writeFile(path, writeModel(model))

async function read(path: string, inputs: number): Promise<BoostedTrees> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new RewardModelError('INVALID_MODEL', `${path}: could not be read: ${cause.message}`, { cause })
  })
  const model = parse(path, text)
  const columns = model.maxFeatureIdx + 1
  if (columns !== inputs) {
    const message = `${path}: max_feature_idx: expected ${inputs - 1}, got ${model.maxFeatureIdx}`
    throw new RewardModelError('INVALID_MODEL', message)
  }
  if (model.numTreePerIteration === 1) return model
  const message = `${path}: num_tree_per_iteration: expected 1, got ${model.numTreePerIteration}`
  throw new RewardModelError('INVALID_MODEL', message)
}

function parse(path: string, text: string): BoostedTrees {
  try {
    return readModel(text)
  } catch (cause) {
    if (!TreesError.isInstance(cause)) throw cause
    throw new RewardModelError('INVALID_MODEL', `${path}: ${cause.message}`, { cause })
  }
}

/** Trees as LightGBM's text models, one file a member. */
export const treesFiles: FilesOf<'trees'> = {
  writeMembers,
  readMembers,
  async writeState(directory, { finished, current }) {
    await writeMembers(directory, finished)
    await write(join(directory, names.current), current.trees)
  },
  async readState(directory, { finished: members, epoch, step, bestEpoch, losses }, expected) {
    const finished = await readMembers(directory, { ...expected, members })
    const trees = await read(join(directory, names.current), expected.inputs)
    const path = join(directory, names.current)
    if (trees.trees.length !== epoch * trees.numTreePerIteration) {
      const message = `${path}: expected the trees of ${epoch} rounds, got ${trees.trees.length}`
      throw new RewardModelError('INVALID_MODEL', message)
    }
    return { finished, current: { epoch, step, losses, best: { epoch: bestEpoch }, trees } }
  },
}
