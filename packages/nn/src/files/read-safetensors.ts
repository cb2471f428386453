import type { Tensor } from '@prefkit/tensor'
import type { Safetensors } from '../safetensors/parse-safetensors'
import { openSafetensors } from './open-safetensors'

/**
 * Reads a safetensors file: as `parseSafetensors`, but tensor by tensor, so that a file larger than one array can be
 * is read too. Nothing is allocated before the header is checked against the size of the file.
 * @throws NnError `READ_FAILED` when the file cannot be opened or read, and as `parseSafetensors`, naming the path.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const file = await openSafetensors(path)
  try {
    const tensors: [string, Tensor][] = []
    for (const { name } of file.entries) tensors.push([name, await file.read(name)])
    return { tensors: Object.fromEntries(tensors), metadata: { ...file.metadata } }
  } finally {
    await file.close()
  }
}
