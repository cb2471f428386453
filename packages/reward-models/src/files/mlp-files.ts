import { join } from 'node:path'
import { flattenParams } from '@prefkit/nn'
import { writeSafetensors } from '@prefkit/nn/files'
import { blankOptimization, blankParams } from '../mlp/network'
import type { FilesOf } from './kind-files'
import { readTensors } from './read-tensors'

const names = { model: 'model.safetensors', state: 'state.safetensors' }

/** MLPs as safetensors: `members.0.layers.0.weight`, …; of a training, the optimiser's tensors too. */
export const mlpFiles: FilesOf<'mlp'> = {
  writeMembers: (directory, members) =>
    writeSafetensors(join(directory, names.model), flattenParams({ members })),
  async readMembers(directory, { options, inputs, members: count }) {
    const params = blankParams(options, inputs)
    const like = { members: Array.from({ length: count }, () => params) }
    const { members } = await readTensors(join(directory, names.model), like)
    return members
  },
  async writeState(directory, { finished, current: { best, optimization } }) {
    const tensors = { finished, best: best.params, ...optimization }
    await writeSafetensors(join(directory, names.state), flattenParams(tensors))
  },
  async readState(directory, { finished, epoch, step, bestEpoch, losses }, { options, inputs }) {
    const blank = blankOptimization(options, inputs)
    const like = {
      finished: Array.from({ length: finished }, () => blank.params),
      best: blank.params,
      ...blank,
    }
    const tensors = await readTensors(join(directory, names.state), like)
    const { params, optimizer } = tensors
    const best = { epoch: bestEpoch, params: tensors.best }
    return {
      finished: tensors.finished,
      current: { epoch, step, losses, best, optimization: { params, optimizer } },
    }
  },
}
