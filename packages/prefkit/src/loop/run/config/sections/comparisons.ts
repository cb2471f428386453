import { z } from 'zod'
import { count, files, handedOn, oneOf, partialShare, positive, text, whole } from '../values'
import { judging, reward } from './rewards'

const heldOut = { heldOut: partialShare.default(0.1) }

const drawn = {
  ...heldOut,
  /** Pairs of responses of the model to the prompts. */
  pairs: count.default(1000),
  /** Responses to a prompt at a time: each two of them are a pair. More compare each response more often. */
  responsesPerPrompt: whole(2).default(2),
  /** Pairs that are drawn in one step, about. */
  pairsPerStep: count.default(16),
}

/** Where comparisons come from. */
export const comparisons = z.discriminatedUnion(
  'source',
  [
    z.strictObject({
      source: z.literal('human'),
      files,
      dialect: text.optional(),
      limit: count.optional(),
      ...heldOut,
    }),
    /** Drawn from the model, and labelled by simulated annotators of a golden reward. */
    z.strictObject({
      source: z.literal('simulated'),
      ...drawn,
      golden: reward,
      /** Options of the annotators of `prefkit noise simulate`. */
      annotator: z
        .looseObject({
          annotator: oneOf(['logistic', 'probit', 'perfect', 'expression']).default('logistic'),
          beta: positive.optional(),
        })
        .prefault({}),
      /** Share of the labels turned around. */
      flip: partialShare.default(0),
    }),
    z.strictObject({ source: z.literal('judged'), ...drawn, ...judging, options: handedOn.default({}) }),
  ],
  { error: 'expected comparisons whose source is human, simulated or judged' },
)
