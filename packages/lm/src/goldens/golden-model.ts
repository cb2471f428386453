import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor } from '@prefkit/tensor'
import type { ModelConfig } from '../config/model-config'
import { parameterShapes } from '../config/parameter-shapes'
import { parseModelConfig } from '../config/parse-model-config'
import { loadCheckpoint } from '../files/load-checkpoint'
import type { Weights } from '../models/weights'
import { goldenPath } from './load-goldens'

/** Path of a golden model: `stories260K`, or a directory below `models`. */
export const goldenModelPath = (name: string): string =>
  goldenPath(name === 'stories260K' ? 'stories260K.bin' : `models/${name}`)

/** Configuration and weights of a golden model, with some fields of its config.json replaced. */
export async function goldenModel(
  name: string,
  overrides?: Record<string, unknown>,
): Promise<{ config: ModelConfig; weights: Weights }> {
  const path = goldenModelPath(name)
  const checkpoint = await loadCheckpoint(path)
  try {
    const config = overrides
      ? parseModelConfig({ ...JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')), ...overrides })
      : checkpoint.config
    const weights: Record<string, Tensor> = {}
    for (const parameter of Object.keys(parameterShapes(config))) {
      weights[parameter] = await checkpoint.tensors.read(parameter)
    }
    return { config, weights }
  } finally {
    await checkpoint.close()
  }
}
