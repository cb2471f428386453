import type { Command } from 'commander'
import { examples } from '../examples'
import { addTokenizerOption, modelMeans } from './lm-options'

/** Adds `prefkit lm merge`. */
export function addLmMerge(parent: Command): void {
  const command = parent
    .command('merge')
    .description('add a LoRA adapter into the weights of its model')
    .argument('<model>', modelMeans)
    .argument('<adapter>', 'a LoRA adapter in the layout of PEFT, or the run that trained it')
    .requiredOption('--out <directory>', 'where the model is saved, as transformers opens it')
  addTokenizerOption(command)
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', examples(['prefkit lm merge SmolLM2-135M runs/sft --out SmolLM2-135M-mine']))
    .action(async (model, adapter, options) =>
      (await import('../actions/lm-merge')).lmMergeAction(model, adapter, options),
    )
}
