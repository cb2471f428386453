import { z } from 'zod'
import { count, flag, text, whole } from '../values'
import { reward } from './rewards'

/** What the policy came to, on prompts that it did not learn from. */
export const evaluation = z
  .strictObject({
    everySteps: whole(0)
      .default(10)
      .describe('Evaluates every so many steps while the policy learns; 0 only before and after.'),
    prompts: count.default(64).describe('Prompts of an evaluation, at most.'),
    samplesPerPrompt: count.default(1).describe('Responses that are drawn for each of them.'),
    golden: reward
      .optional()
      .describe(
        'What is measured and never learnt from; monitors watch whether it falls as the reward rises.',
      ),
  })
  .describe(
    'What the policy came to, on prompts that it did not learn from: before, as it learns, and after.',
  )

/** Where metrics go besides metrics.jsonl. */
export const loggers = z
  .strictObject({
    tensorboard: flag.default(false).describe('Writes event files into tensorboard/ of the run.'),
    mlflow: z
      .strictObject({
        uri: text.describe('Address of the tracking server, such as http://127.0.0.1:5000.'),
        experiment: text
          .default('prefkit')
          .describe('Name of the experiment, which is made where there is none.'),
        runName: text.optional().describe('Name of the run. Default: its directory.'),
      })
      .optional()
      .describe('Sends metrics to MLflow, by REST.'),
  })
  .describe('Where metrics go besides metrics.jsonl.')
