import { z } from 'zod'
import { count, files, finite, notNegative, oneOf, partialShare, positive, text, whole } from '../values'
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

/**
 * An annotator of `prefkit noise simulate`: there is one, and it sees the golden scores and the lengths of two responses. What is of a
 * whole table of comparisons, such as an error rate or the worst case, has no place where they are drawn step by step.
 */
const annotator = z.strictObject({
  annotator: oneOf(['logistic', 'probit', 'perfect', 'expression']).default('logistic'),
  beta: positive.optional(),
  /** ξ as an expression of delta, for `expression`. */
  quality: text.optional(),
  parameters: z.record(z.string(), finite).optional(),
  ties: notNegative.optional(),
  positionBias: finite.optional(),
  lengthBias: finite.optional(),
  personalBias: notNegative.optional(),
  cycles: notNegative.optional(),
  ability: positive.optional(),
  fatigue: positive.optional(),
})

/** Where comparisons come from. */
export const comparisons = z.discriminatedUnion(
  'source',
  [
    z.strictObject({
      source: z.literal('human'),
      files,
      dialect: text.optional(),
      limit: count.optional(),
      /** Of prompt and response; longer ones are left out, and counted. Default: the context of the model. */
      maxTokens: count.optional(),
      ...heldOut,
    }),
    /** Drawn from the model, and labelled by simulated annotators of a golden reward. */
    z.strictObject({
      source: z.literal('simulated'),
      ...drawn,
      golden: reward,
      annotator: annotator.prefault({}),
      /** Share of the labels that are learnt from which are turned around; those that are held out stay as they are. */
      flip: partialShare.default(0),
    }),
    z.strictObject({ source: z.literal('judged'), ...drawn, ...judging }),
  ],
  { error: 'expected comparisons whose source is human, simulated or judged' },
)
