import { type Command, InvalidArgumentError } from 'commander'
import { parseCount, parseNumber } from '../parse-values'
import { repeated } from './judge-options'

/** What a model on the command line may be. */
export const modelMeans = 'a directory of Hugging Face, a GGUF file, or a model of llama2.c'

/** Adds where a model runs, and with which adapter. */
export const addModelOptions = (command: Command): Command =>
  command
    .option('--adapter <directory>', 'a LoRA adapter in the layout of PEFT')
    .option('--backend <name>', 'auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')

/** Adds how tokens are drawn; what is not said is what the model's makers suggest. */
export const addSamplingOptions = (command: Command): Command =>
  command
    .option('--max-new-tokens <count>', 'tokens that an answer may have', parseCount, 256)
    .option(
      '--temperature <value>',
      '0 for the most probable tokens (default: the model’s own, or 0)',
      parseNumber,
    )
    .option('--top-k <count>', 'draw among so many tokens; 0 for all', parseNumber)
    .option('--top-p <share>', 'draw among the fewest tokens that have this probability', parseNumber)
    .option('--min-p <share>', 'draw among tokens at least so probable, relative to the best', parseNumber)
    .option('--repetition-penalty <factor>', 'above 1 makes tokens that occurred less probable', parseNumber)
    .option('--stop <text>', 'text that ends an answer; repeat it for several', repeated)
    .option('--seed <number>', 'makes what is drawn repeat', parseNumber, 0)

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
