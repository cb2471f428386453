import type { Tensor } from '@prefkit/tensor'
import { type SerializeSafetensorsOptions, safetensorsChunks } from '../safetensors/serialize-safetensors'
import { writeAtomically } from './write-atomically'

/**
 * Writes tensors by name as a safetensors file, whole or not at all: under another name first, then renamed. The same
 * tensors and metadata give the same bytes.
 * @throws NnError `INVALID_OPTION` as `serializeSafetensors`; `WRITE_FAILED` when the file cannot be written, such as on
 *   a full disk: what was there before is then as it was.
 */
export const writeSafetensors = async (
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  options: SerializeSafetensorsOptions = {},
): Promise<void> => writeAtomically(path, safetensorsChunks(tensors, options))
