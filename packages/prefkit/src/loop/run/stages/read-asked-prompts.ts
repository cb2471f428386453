import type { LoopPrompt } from '../../prompts/prompt'
import type { RunConfig } from '../config/run-config'
import { readPrompts } from '../data/read-prompts'
import { seenPrompts } from '../data/seen-prompts'
import type { StageContext } from '../driver/stage'
import type { Trainee } from '../models/open-trainee'

/** The prompts that a policy will see, and those that it will be evaluated on: what is to be there of each before it learns. */
export async function readAskedPrompts(
  config: RunConfig,
  { encoding, model }: Trainee,
  { signal }: StageContext,
): Promise<LoopPrompt[]> {
  const { train, heldOut } = await readPrompts(config, { encoding, model: model.config, signal })
  return [...seenPrompts(config, train), ...heldOut.slice(0, config.evaluation.prompts)]
}
