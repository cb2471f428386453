import { z } from 'zod'
import { count, finite, flag, handedOn, number, oneOf, positive, text } from '../values'

/** What every reward has. */
const common = {
  /** Under which it is logged. Default: its type. */
  name: text.optional(),
  /** Of the sum that is learnt from; 0 only measures. */
  weight: finite.default(1),
  /** Of responses that were cut off: a factor of the reward from 0 to 1, or below 0 what takes its place. Default: it stays. */
  stopProperly: number('a factor from 0 to 1, or a number below 0', (value) => value <= 1).optional(),
}

/** A model that judges: `local:<path>` or `openai:<model>`, as for `prefkit judge`. */
export const judging = {
  judge: text,
  /** Address of an OpenAI-compatible server, up to `/v1`. */
  baseUrl: text.optional(),
  apiKeyEnv: text.default('OPENAI_API_KEY'),
  concurrency: count.default(8),
  votes: count.default(1),
}

/** Each kind of reward, by its type. */
export const reward = z.discriminatedUnion(
  'type',
  [
    /** How probably the response beats the prompt's anchors, under the run's reward model. */
    z.strictObject({
      type: z.literal('winProbability'),
      ...common,
      anchors: oneOf(['mean', 'min']).default('mean'),
    }),
    /** The score of the run's reward model, which is scalar or of embeddings. */
    z.strictObject({
      type: z.literal('score'),
      ...common,
      bound: oneOf(['none', 'sigmoid', 'clip']).default('none'),
      clip: positive.optional(),
    }),
    /** The score of the judge that this run has trained, or of one that is saved. */
    z.strictObject({
      type: z.literal('trainedJudge'),
      ...common,
      path: text.optional(),
      rollouts: count.default(1),
    }),
    z.strictObject({
      type: z.literal('judge'),
      ...common,
      ...judging,
      asking: oneOf(['pairs', 'scores']).default('pairs'),
    }),
    z.strictObject({
      type: z.literal('rubric'),
      ...common,
      ...judging,
      family: text.optional(),
      rubrics: text.optional(),
      primary: flag.default(true),
      generate: z.tuple([count, count]).optional(),
    }),
    /** The right answer is a column of the prompt's row. */
    z.strictObject({ type: z.literal('exactAnswer'), ...common, field: text.default('answer') }),
    z.strictObject({ type: z.literal('regex'), ...common, pattern: text, flags: z.string().optional() }),
    z.strictObject({ type: z.literal('format'), ...common, tags: z.array(text).min(1) }),
    z.strictObject({ type: z.literal('ifeval'), ...common, strict: flag.default(true) }),
    /** A function of a module of one's own. */
    z.strictObject({
      type: z.literal('function'),
      ...common,
      module: text,
      export: text.default('default'),
      options: handedOn.optional(),
    }),
    /** Words that count, and words that count against, per word. */
    z.strictObject({
      type: z.literal('lexicon'),
      ...common,
      plus: z.array(text).default([]),
      minus: z.array(text).default([]),
    }),
    /** Penalties and rewards of length, by the names of functions of `@prefkit/advantages`. */
    z.strictObject({
      type: z.literal('length'),
      ...common,
      shape: oneOf(['overlong', 'cosine', 'repetition', 'missingEos', 'perToken']),
      options: handedOn.default({}),
    }),
  ],
  { error: 'expected a reward with a known type' },
)

/** One part of what is rewarded. */
export type RewardConfig = z.output<typeof reward>
