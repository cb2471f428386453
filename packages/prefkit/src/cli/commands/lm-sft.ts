import { type Command, Option } from 'commander'
import type { ScheduleName } from '../../lm/step-sizes'
import { examples } from '../examples'
import { parseNotNegative, parsePartialShare, parsePositive, parseSeveral, parseWhole } from '../parse-ranges'
import { parseCount, parseNames } from '../parse-values'
import { addBackendOption, addTextOptions, addWritingOptions, modelMeans } from './lm-options'

// Written down again, as what trains takes long to load.
const schedules: readonly ScheduleName[] = ['constant', 'linear', 'cosine']

const addLoraOptions = (command: Command): Command =>
  command
    .option('--lora-rank <rank>', 'rank of the adapter', parseCount, 8)
    .option(
      '--lora-alpha <alpha>',
      'the adapter is scaled by alpha / rank (default: twice the rank)',
      parsePositive,
    )
    .option('--lora-dropout <share>', 'share of the adapter’s inputs dropped', parsePartialShare, 0)
    .option('--lora-targets <names>', 'linear maps such as q_proj,v_proj, or all-linear', parseNames, [
      'all-linear',
    ])

/** Adds `prefkit lm sft`. */
export function addLmSft(parent: Command): void {
  const command = parent
    .command('sft')
    .description('fine-tune a model on completions: a LoRA adapter, or all of its parameters')
    .argument('[model]', modelMeans)
    .option(
      '--data <files...>',
      'rows of {prompt, completion}, of messages, or of text: JSON, CSV or Parquet; the loss is of what the assistant says',
    )
    .option('--validation <files...>', 'rows to measure the loss on after each epoch')
  addLoraOptions(
    addBackendOption(addTextOptions(addWritingOptions(command, 'prompt and completion that are text'))),
  )
    .option('--full', 'train all parameters, and save a whole model', false)
    .option('--epochs <count>', 'passes over the data', parseCount, 1)
    .option('--batch-size <count>', 'texts a step', parseCount, 8)
    .option(
      '--learning-rate <rate>',
      'step size of AdamW (default: 2e-4 with LoRA, 2e-5 without)',
      parsePositive,
    )
    .addOption(
      new Option('--schedule <name>', 'how the step size goes on after its warm-up, down to 0 or as it is')
        .choices(schedules)
        .default('constant'),
    )
    .option('--warmup-ratio <share>', 'share of the steps in which it rises from 0', parsePartialShare, 0)
    .option('--weight-decay <weight>', 'decoupled weight decay', parseNotNegative, 0)
    .option('--max-grad-norm <norm>', 'gradients of a larger norm are scaled down to it', parsePositive, 1)
    .option('--micro-batch-tokens <count>', 'tokens computed at once, at most: bounds memory', parseCount)
    .option(
      '--max-length <tokens>',
      'longest text in tokens; the end of longer ones is cut off',
      parseSeveral,
      1024,
    )
    .option('--seed <number>', 'makes the run repeat exactly', parseWhole, 0)
    .option('--checkpoint-seconds <seconds>', 'least time between two checkpoints', parseNotNegative, 60)
    .option('--out <directory>', 'where the run is kept (default: runs/sft-<time>)')
    .option('--resume <directory>', 'go on with a run that was stopped; its settings are used')
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit lm sft SmolLM2-135M --data train.jsonl --out runs/sft',
        'prefkit lm sft SmolLM2-135M-Instruct --data chats.jsonl --validation held-out.jsonl --lora-rank 16 --epochs 3',
        'prefkit lm sft stories260K.bin --data texts.jsonl --full --learning-rate 1e-3',
        'prefkit lm sft --resume runs/sft',
      ]),
    )
    .action(async (model, options, self: Command) =>
      (await import('../actions/lm-sft')).lmSftAction(model, options, self),
    )
}
