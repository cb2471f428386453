import type { Command } from 'commander'
import { examples } from '../examples'
import { modelMeans } from './lm-options'

/** Adds `prefkit lm info`. */
export function addLmInfo(parent: Command): void {
  parent
    .command('info')
    .description('say what a model is: its shape, size, tokeniser and chat template')
    .argument('<model>', modelMeans)
    .option('--template', 'print its chat template and nothing else', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit lm info SmolLM2-135M-Instruct',
        'prefkit lm info SmolLM2-135M-Instruct.Q4_1.gguf --template',
      ]),
    )
    .action(async (model, options) => (await import('../actions/lm-info')).lmInfoAction(model, options))
}
