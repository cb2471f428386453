import type { Tensor } from '@prefkit/tensor'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { headShapes } from '../heads/head-shapes'
import type { Weights } from '../models/weights'
import { readValueHead } from './value-head-file'

/**
 * The heads that lie with a model: a reward head among its tensors, a value head in a file beside them. A head of another shape,
 * as of a model that tells classes apart, is none of these.
 */
export async function readHeads({ config, tensors, path, format }: Checkpoint): Promise<Weights> {
  const shapes = headShapes(config)
  const beside = format === 'hugging-face' ? await readValueHead(path) : {}
  const heads: Record<string, Tensor> = {}
  for (const [name, shape] of Object.entries({ ...shapes.value, ...shapes.reward })) {
    const found = beside[name]
    if (found && `${found.dims}` === `${shape}`) heads[name] = found
    if (tensors.names.includes(name) && `${tensors.info(name).shape}` === `${shape}`) {
      heads[name] = await tensors.read(name)
    }
  }
  return heads
}
