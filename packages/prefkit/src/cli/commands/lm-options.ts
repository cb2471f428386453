import type { BackendChoice } from '@prefkit/tensor'
import { type Command, InvalidArgumentError } from 'commander'
import {
  parseChoice,
  parseInteger,
  parseNotNegative,
  parsePositive,
  parsePositiveShare,
  parseShare,
  parseTexts,
  parseWhole,
} from '../parse-ranges'
import { parseCount } from '../parse-values'

/** What a model on the command line may be. */
export const modelMeans = 'a directory of Hugging Face, a GGUF file, or a model of llama2.c'

const backends: readonly Extract<BackendChoice, string>[] = [
  'auto',
  'native',
  'gpu',
  'gpu-webgpu',
  'gpu-webgl2',
  'gpu-webasm',
  'gpu-cpu',
  'reference',
]

/** Adds where a model runs. */
export const addBackendOption = (command: Command): Command =>
  command.option(
    '--backend <name>',
    `${backends.slice(0, -1).join(', ')} or ${backends.at(-1)}`,
    parseChoice(backends),
    'auto',
  )

/** Adds the tokeniser of a model whose files have none. */
export const addTokenizerOption = (command: Command): Command =>
  command.option(
    '--tokenizer <file>',
    'a tokeniser of llama2.c, for one of its models (default: the one beside it)',
  )

/** Adds what a model's text is made by where its own files do not say. */
export const addTextOptions = (command: Command): Command =>
  addTokenizerOption(command).option(
    '--chat-template <file>',
    'a template in Jinja instead of the model’s own',
  )

/** Adds where a model runs, and with which adapter and text. */
export const addModelOptions = (command: Command): Command =>
  addBackendOption(
    addTextOptions(command.option('--adapter <directory>', 'a LoRA adapter, or the run that trained it')),
  )

/** Adds how tokens are drawn; what is not said is what the model's makers suggest. */
export const addSamplingOptions = (command: Command): Command =>
  command
    .option('--max-new-tokens <count>', 'tokens that an answer may have', parseCount, 256)
    .option(
      '--temperature <value>',
      '0 for the most probable tokens (default: the model’s own, or 0)',
      parseNotNegative,
    )
    .option('--top-k <count>', 'draw among so many tokens; 0 for all', parseWhole)
    .option('--top-p <share>', 'draw among the fewest tokens that have this probability', parsePositiveShare)
    .option('--min-p <share>', 'draw among tokens at least so probable, relative to the best', parseShare)
    .option(
      '--repetition-penalty <factor>',
      'above 1 makes tokens that occurred less probable',
      parsePositive,
    )
    .option('--stop <text>', 'text that ends an answer; repeat it for several', parseTexts)
    .option('--seed <number>', 'makes what is drawn repeat', parseInteger, 0)

/** Adds whether text is a conversation. */
export const addWritingOptions = (command: Command, what = 'text'): Command =>
  command
    .option('--chat', `make ${what} a conversation, by the model’s chat template`, false)
    .option('--system <text>', 'a message of the system before the others')

/** Reads the name of a file that rows are appended to. */
export function parseRowsOut(path: string): string {
  if (!/\.(parquet|gz)$/i.test(path)) return path
  throw new InvalidArgumentError('lines are appended as they come: expected a name such as rows.jsonl')
}
