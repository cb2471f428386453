import { NnError, unflattenParams } from '@prefkit/nn'
import { readSafetensors } from '@prefkit/nn/files'
import type { Tensor } from '@prefkit/tensor'
import { RewardModelError } from '../reward-model-error'

/**
 * Reads the tensors of a file into the structure of `like`.
 * @throws RewardModelError `INVALID_MODEL` naming the file, and the tensor that is missing, too many, of another shape or not finite.
 */
export async function readTensors<Like>(path: string, like: Like): Promise<Like> {
  try {
    const { tensors } = await readSafetensors(path)
    requireFinite(path, tensors)
    return unflattenParams(tensors, like)
  } catch (cause) {
    if (!NnError.isInstance(cause)) throw cause
    const { message } = cause
    throw new RewardModelError('INVALID_MODEL', message.startsWith(path) ? message : `${path}: ${message}`, {
      cause,
    })
  }
}

function requireFinite(path: string, tensors: Readonly<Record<string, Tensor>>): void {
  for (const [name, { data }] of Object.entries(tensors)) {
    const wrong = data.find((value) => !Number.isFinite(value))
    if (wrong === undefined) continue
    throw new RewardModelError('INVALID_MODEL', `${path}: ${name}: expected finite numbers, got ${wrong}`)
  }
}
