import type { Command } from 'commander'
import { examples } from '../examples'
import { addModelOptions, addSamplingOptions, modelMeans } from './lm-options'

/** Adds `prefkit lm chat`. */
export function addLmChat(parent: Command): void {
  const command = parent
    .command('chat')
    .description('talk with a model; /help says what there is, Ctrl-C stops an answer')
    .argument('<model>', modelMeans)
    .option('--system <text>', 'a message of the system before the others')
  addModelOptions(addSamplingOptions(command))
    .addHelpText(
      'after',
      examples([
        'prefkit lm chat SmolLM2-135M-Instruct',
        'prefkit lm chat SmolLM2-135M-Instruct.Q4_1.gguf --system "Be brief." --temperature 0.2',
        'printf "Hello\\n/save talk.jsonl\\n" | prefkit lm chat SmolLM2-135M-Instruct',
      ]),
    )
    .action(async (model, options) => (await import('../actions/lm-chat')).lmChatAction(model, options))
}
