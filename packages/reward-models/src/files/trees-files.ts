import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BoostedTrees, readModel, TreesError, writeModel } from '@prefkit/trees'
import { RewardModelError } from '../reward-model-error'
import { objectives, type TreesOptions } from '../trees/trees-options'
import type { ExpectedMembers, FilesOf } from './kind-files'

/** LightGBM's text models: what Python's `lightgbm.Booster(model_file=…)` reads. */
const names = {
  member: (member: number) => `trees-${member}.txt`,
  current: 'trees.txt',
}

async function writeMembers(directory: string, members: readonly BoostedTrees[]): Promise<void> {
  for (const [i, member] of members.entries()) await write(join(directory, names.member(i)), member)
}

const readMembers = (directory: string, expected: ExpectedMembers<TreesOptions>): Promise<BoostedTrees[]> =>
  Promise.all(
    Array.from({ length: expected.members }, (_, i) => read(join(directory, names.member(i)), expected)),
  )

const write = (path: string, model: BoostedTrees): Promise<void> => writeFile(path, writeModel(model))

/** What every file of trees has to be. */
type Expected = Omit<ExpectedMembers<TreesOptions>, 'members'>

async function read(path: string, { options, inputs }: Expected): Promise<BoostedTrees> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new RewardModelError('INVALID_MODEL', `${path}: could not be read: ${cause.message}`, { cause })
  })
  const model = parse(path, text)
  const objective = objectives[options.objective]
  // Its parameters follow, as in 'binary sigmoid:1'.
  if (model.objective.split(' ')[0] !== objective) {
    const message = `${path}: objective: expected ${objective}, got ${model.objective || 'nothing'}`
    throw new RewardModelError('INVALID_MODEL', message)
  }
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
    const trees = await read(join(directory, names.current), expected)
    const path = join(directory, names.current)
    if (trees.trees.length !== epoch * trees.numTreePerIteration) {
      const message = `${path}: expected the trees of ${epoch} rounds, got ${trees.trees.length}`
      throw new RewardModelError('INVALID_MODEL', message)
    }
    return { finished, current: { epoch, step, losses, best: { epoch: bestEpoch }, trees } }
  },
}
