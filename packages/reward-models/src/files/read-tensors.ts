import { NnError, unflattenParams } from '@prefkit/nn'
import { readSafetensors } from '@prefkit/nn/files'
import { RewardModelError } from '../reward-model-error'

/**
 * Reads the tensors of a file into the structure of `like`.
 * @throws RewardModelError `INVALID_MODEL` naming the file, and the tensor that is missing, too many or of another shape.
 */
export async function readTensors<Like>(path: string, like: Like): Promise<Like> {
  try {
    const { tensors } = await readSafetensors(path)
    return unflattenParams(tensors, like)
  } catch (cause) {
    if (!NnError.isInstance(cause)) throw cause
    const { message } = cause
    throw new RewardModelError('INVALID_MODEL', message.startsWith(path) ? message : `${path}: ${message}`, {
      cause,
    })
  }
}
