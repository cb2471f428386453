import type { Command } from 'commander'
import { embeddingsFolder } from '../../reward/embeddings-folder'
import { examples } from '../examples'
import { parseNames, parseNumber, parseSettings, parseTestFraction, parseWidths } from '../parse-values'
import { addReadingOptions } from './reading-options'

/** Adds `prefkit reward train`. */
export function addRewardTrain(parent: Command): void {
  const command = parent
    .command('train')
    .description(
      'train a reward model on comparisons, test it on prompts it has not seen, and write a report',
    )
  addData(command)
  addFeatures(command)
  addModel(command)
  addMlp(command)
  command
    .option(
      '--trees <settings>',
      "of trees: LightGBM's parameters under LightGBM's names, such as num_leaves=15,lambda_l2=1",
      parseSettings,
    )
    .option('--backend <name>', 'of an MLP: auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')
    .option('--cache <directory>', 'where embeddings are kept', embeddingsFolder)
    .option('--checkpoint-seconds <seconds>', 'least time between two checkpoints', parseNumber, 1)
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit reward train --data pairs.jsonl',
        'prefkit reward train --data train.jsonl.gz --test test.jsonl.gz --embedder sentence --objective clf',
        'prefkit reward train --data pairs.parquet --hidden 64,32 --members 5 --seed 7 --out runs/ensemble',
        'prefkit reward train --data pairs.jsonl --model clf-trees --trees num_leaves=15,feature_fraction=0.3',
        'prefkit reward train --resume runs/ensemble',
      ]),
    )
    .action(async (options, self: Command) =>
      (await import('../actions/train-reward')).trainRewardAction(options, self),
    )
}

const addData = (command: Command): Command =>
  addReadingOptions(
    command
      .option('--data <files...>', 'comparisons to learn from: JSON Lines (plain or gzip) or Parquet')
      .option('--test <files...>', 'comparisons to test on (default: a share of the prompts of --data)')
      .option('--test-fraction <share>', 'share of prompts kept for the test', parseTestFraction, 0.2),
  )
    .option('--skip-bad', 'leave bad rows out and count them', false)
    .option('--hard-labels', 'learn from decisions alone, not from shares of votes', false)
    .option('--out <directory>', 'where the run is kept (default: runs/reward-<time>)')
    .option('--resume <directory>', 'go on with a run that was stopped; its settings are used')

const addFeatures = (command: Command): Command =>
  command
    .option(
      '--embedder <name>',
      'hashed-ngrams, sentence, openai:<model> or transformers:<model>',
      'hashed-ngrams',
    )
    .option('--base-url <url>', 'server of an openai embedder')
    .option('--vectors <file>', 'vectors computed elsewhere (.npy or .safetensors), instead of --embedder')
    .option('--vector-texts <file>', 'JSON Lines with the text of each of the --vectors')
    .option('--features <parts>', 'of response, prompt, product, difference, cosine, surface', parseNames, [
      'response',
      'surface',
    ])

const addModel = (command: Command): Command =>
  command
    .option(
      '--model <name>',
      `a model of 2411.04991: bt-mlp, clf-mlp, bt-trees, clf-trees; as in its authors' code: bt-mlp-authors, clf-mlp-authors, clf-trees-authors (default: a small MLP)`,
    )
    .option('--objective <name>', 'bt (Bradley–Terry on pairs) or clf (each response classified)')
    .option('--epochs <count>', 'passes over the data, at most; of trees, rounds of boosting', parseNumber)
    .option('--validation-fraction <share>', 'share of the training prompts that are held out', parseNumber)
    .option('--patience <epochs>', 'epochs that the stopping rule looks back; 0 never stops', parseNumber)
    .option('--stopping <rule>', 'noImprovement, or worseThanEach as in 2411.04991')
    .option('--keep <which>', 'best: of the epoch with the lowest held-out loss; or last')
    .option('--label-smoothing <share>', 'share of labels taken to be flipped', parseNumber)
    .option('--members <count>', 'models trained from different seeds and scored together', parseNumber)
    .option('--seed <number>', 'makes the run repeat exactly', parseNumber, 0)

const addMlp = (command: Command): Command =>
  command
    .option(
      '--hidden <widths>',
      'of an MLP: widths of hidden layers, such as 64,32; none for a linear model',
      parseWidths,
    )
    .option('--activation <name>', 'of an MLP: relu, gelu, silu or tanh')
    .option('--dropout <share>', 'of an MLP: share of hidden units dropped', parseNumber)
    .option('--learning-rate <rate>', 'of an MLP: step size of AdamW', parseNumber)
    .option('--weight-decay <weight>', 'of an MLP: decoupled weight decay', parseNumber)
    .option('--batch-size <pairs>', 'of an MLP: pairs a step', parseNumber)
    .option('--sampling <how>', 'of an MLP: shuffle, or random draws as in the code of 2411.04991')
    .option('--no-standardize', 'of an MLP: take features as they are')
    .option('--mirror', 'of an MLP: add each pair with its responses exchanged')
    .option('--centering-coefficient <weight>', 'of an MLP: keeps rewards near 0 (bt only)', parseNumber)
