import { join } from 'node:path'
import type { Checkpoint } from '../checkpoint/checkpoint'
import type { CheckpointTensors } from '../checkpoint/checkpoint-tensors'
import { matchTensors } from '../checkpoint/match-tensors'
import { parseGenerationConfig } from '../config/generation-config'
import { parseModelConfig } from '../config/parse-model-config'
import { LmError } from '../lm-error'
import { type OpenTokenizer, openTokenizer } from './open-tokenizer'
import { openWeights } from './open-weights'
import { readJsonIfThere } from './read-json'
import { requireVocabulary } from './require-vocabulary'

const readTypes: readonly string[] = ['F32', 'F16', 'BF16']

function checkTypes(tensors: CheckpointTensors): void {
  for (const name of tensors.names) {
    const { type, file, storedAs } = tensors.info(name)
    if (readTypes.includes(type)) continue
    const problem = `expected weights in one of ${readTypes.join(', ')}, got ${type}`
    throw new LmError('UNSUPPORTED_DTYPE', `${file}: ${storedAs}: ${problem}`)
  }
}

/** Opens a directory that has a config.json. */
export async function openHuggingFace(directory: string, withTokenizer: boolean): Promise<Checkpoint> {
  const [configPath, generationPath] = [
    join(directory, 'config.json'),
    join(directory, 'generation_config.json'),
  ]
  const config = parseModelConfig(await readJsonIfThere(configPath), { file: configPath })
  const generation = await readJsonIfThere(generationPath)
  const generationConfig =
    generation === undefined ? undefined : parseGenerationConfig(generation, { file: generationPath })
  const text: OpenTokenizer = withTokenizer ? await openTokenizer(directory) : { tokenizerFiles: [] }
  if (text.tokenizer) {
    requireVocabulary(text.tokenizer, config.vocabSize, join(directory, 'tokenizer.json'))
  }
  const weights = await openWeights(directory)
  try {
    const tensors = matchTensors(config, weights.tensors, directory)
    checkTypes(tensors)
    const { close } = weights
    const generated = generationConfig ? { generationConfig } : {}
    return { format: 'hugging-face', path: directory, config, tensors, ...generated, ...text, close }
  } catch (error) {
    await weights.close()
    throw error
  }
}
