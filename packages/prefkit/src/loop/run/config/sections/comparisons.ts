import { z } from 'zod'
import {
  count,
  files,
  finite,
  notNegative,
  oneOf,
  partialShare,
  positive,
  taken,
  text,
  whole,
} from '../values'
import { judging, reward } from './rewards'

const heldOut = {
  heldOut: partialShare.default(0.1).describe('Share of the prompts whose comparisons are only tested on.'),
}

const drawn = {
  ...heldOut,
  pairs: count.default(1000).describe('Pairs of responses of the model to the prompts.'),
  responsesPerPrompt: whole(2)
    .default(2)
    .describe(
      'Responses to a prompt at a time: each two of them are a pair. More compare each response more often.',
    ),
  pairsPerStep: count.default(16).describe('Pairs that are drawn in one step, about.'),
}

/**
 * An annotator of `prefkit noise simulate`: there is one, and it sees the golden scores and the lengths of two responses. What is of a
 * whole table of comparisons, such as an error rate or the worst case, has no place where they are drawn step by step.
 */
const annotator = z
  .strictObject({
    annotator: oneOf(['logistic', 'probit', 'perfect', 'expression'])
      .default('logistic')
      .describe('How answers follow the difference of golden scores.'),
    beta: positive
      .optional()
      .describe('What the difference is multiplied by: greater ones are wrong less often.'),
    quality: text
      .optional()
      .describe(
        'P(correct) as an expression of delta, such as 0.5 + 0.5*tanh(beta*delta/2); for expression.',
      ),
    parameters: z
      .record(z.string(), finite)
      .register(taken, { takes: 'numbers by their names' })
      .optional()
      .describe('Numbers that quality names.'),
    ties: notNegative.optional().describe('Perceived differences up to this are a tie, and left out.'),
    positionBias: finite
      .optional()
      .describe('What being shown first is worth, in units of the golden score.'),
    lengthBias: finite.optional().describe('What a response e times as long is worth more.'),
    personalBias: notNegative.optional().describe('How far the annotator’s taste is from the golden one.'),
    cycles: notNegative.optional().describe('Strength of preferences in circles of three responses.'),
    ability: positive.optional().describe('Factor of the difference.'),
    fatigue: positive.optional().describe('Labels after which half of the ability is lost.'),
  })
  .describe('Who labels the pairs.')

/** Where comparisons come from. */
export const comparisons = z
  .discriminatedUnion(
    'source',
    [
      z
        .strictObject({
          source: z.literal('human'),
          files: files.describe('Files of comparisons in any layout that @prefkit/datasets reads.'),
          dialect: text
            .optional()
            .describe(
              'Name of that layout, where it is not to be told from the rows: see prefkit data inspect.',
            ),
          limit: count.optional().describe('Rows that are read, at most.'),
          maxTokens: count
            .optional()
            .describe(
              'Tokens of prompt and response; longer ones are left out, and counted. Default: the context of the model.',
            ),
          ...heldOut,
        })
        .describe('Comparisons that are there, in files.'),
      z
        .strictObject({
          source: z.literal('simulated'),
          ...drawn,
          golden: reward.describe('What the annotator likes; nothing else of the run learns from it.'),
          annotator: annotator.prefault({}),
          flip: partialShare
            .default(0)
            .describe(
              'Share of the labels that are learnt from which are turned round; those that are held out stay as they are.',
            ),
        })
        .describe('Responses of the model, labelled by a simulated annotator of a golden reward.'),
      z
        .strictObject({ source: z.literal('judged'), ...drawn, ...judging })
        .describe('Responses of the model, labelled by a judge that is asked in both orders.'),
    ],
    { error: 'expected comparisons whose source is human, simulated or judged' },
  )
  .describe('Which responses are better: where comparisons come from.')
