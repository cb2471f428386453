import type { TaskFamilyName } from '@prefkit/rubrics'
import { z } from 'zod'
import { familyNames } from '../../../../judge/judge-names'
import {
  count,
  finite,
  flag,
  handedOn,
  notNegative,
  number,
  oneOf,
  positive,
  taken,
  text,
  whole,
} from '../values'

/** What every reward has. */
const common = {
  name: text.optional().describe('Under which it is logged. Default: its type.'),
  weight: finite.default(1).describe('Of the sum that is learnt from; 0 only measures.'),
  stopProperly: number('a factor from 0 to 1, or a number below 0', (value) => value <= 1)
    .optional()
    .describe(
      'Of responses that were cut off: a factor of the reward, or below 0 what takes its place. Default: it stays.',
    ),
}

/** A model that judges: `local:<path>` or `openai:<model>`, as for `prefkit judge`. */
export const judging = {
  judge: text.describe('local:<path>, openai:<model> or reward-model:<run>, as for prefkit judge.'),
  baseUrl: text.optional().describe('Address of an OpenAI-compatible server, up to /v1.'),
  apiKeyEnv: text.default('OPENAI_API_KEY').describe('Name of the environment variable with its key.'),
  concurrency: count.default(8).describe('Questions that are asked at once, at most.'),
  timeout: positive
    .default(120)
    .describe('Seconds until a request to a server without an answer is given up.'),
  retries: whole(0).default(5).describe('How often a request to a server is tried again.'),
  votes: count.default(1).describe('Answers to each question; several are drawn at temperature 1.'),
  maxTokens: count
    .optional()
    .describe('Tokens of a written answer, at most. Default: what the server says; 1024 for local models.'),
}

// As `oneOf` takes them: there are some.
const families = familyNames as readonly [TaskFamilyName, ...TaskFamilyName[]]

const criterion = z.strictObject({
  name: text.describe('One line, by which the judge is asked for it, and under which it is logged.'),
  description: text.describe('What the judge is to look at.'),
  weight: notNegative.default(1).describe('Share in the mean of all.'),
})

const kinds = [
  z
    .strictObject({
      type: z.literal('winProbability'),
      ...common,
      anchors: oneOf(['mean', 'min'])
        .default('mean')
        .describe('Of several anchors of a prompt: the mean, or the hardest to beat.'),
    })
    .describe('How probably the response beats the anchors of its prompt, under the run’s reward model.'),
  z
    .strictObject({
      type: z.literal('score'),
      ...common,
      bound: oneOf(['none', 'sigmoid', 'clip'])
        .default('none')
        .describe('Keeps the policy from chasing ever larger scores.'),
      clip: positive.optional().describe('Where clip cuts: ± this. Default: 10.'),
    })
    .describe('The score of the run’s reward model, which is scalar or of embeddings.'),
  z
    .strictObject({
      type: z.literal('trainedJudge'),
      ...common,
      path: text.optional().describe('Where a judge is saved. Default: the judge of this run.'),
      rollouts: count.default(1).describe('Judgements of each response, whose mean is taken.'),
    })
    .describe('The score of the judge that this run has trained, or of one that is saved.'),
  z
    .strictObject({
      type: z.literal('judge'),
      ...common,
      ...judging,
      asking: oneOf(['pairs', 'scores'])
        .default('pairs')
        .describe(
          'pairs: how probably a response beats the anchors of its prompt; scores: its rating by itself.',
        ),
    })
    .describe(
      'A model that judges, without criteria: its preference, or one rating from 1 to 10 as a share of that; of a reward model its score as it is.',
    ),
  z
    .strictObject({
      type: z.literal('rubric'),
      ...common,
      ...judging,
      family: oneOf(families)
        .default('chat')
        .describe('Family of tasks whose primary rubric is the criterion, where there are no others.'),
      criteria: z
        .array(criterion)
        .min(1, 'expected at least one criterion')
        .register(taken, { takes: 'a list of {name, description, weight}' })
        .optional()
        .describe('Criteria of one’s own, each scored from 1 to 10, instead of the primary rubric.'),
      rubrics: text
        .optional()
        .describe('A file of criteria with their scales and weights, as prefkit judge rubric reads it.'),
      primary: flag
        .default(true)
        .describe('Shows the criteria; false leaves them all to the judge: see generate.'),
      generate: z
        .tuple([count, count], { error: 'expected two whole numbers, such as [1, 3]' })
        .register(taken, { takes: 'two whole numbers' })
        .optional()
        .describe('Has the judge add so many criteria of its own for each response: at least, at most.'),
      overallWeight: notNegative
        .optional()
        .describe(
          'Weight of the judge’s score of the whole as one more criterion, which is the only score of those that it adds. Default: 1 with generate, else 0.',
        ),
    })
    .describe(
      'Scores of criteria by a judge, each logged by itself, and their weighted mean as a share of the scale.',
    ),
  z
    .strictObject({
      type: z.literal('exactAnswer'),
      ...common,
      field: text.default('answer').describe('Column of the prompt’s row with the right answer.'),
    })
    .describe('1 for the right answer, 0 for others.'),
  z
    .strictObject({
      type: z.literal('regex'),
      ...common,
      pattern: text.describe('What a response has to have somewhere; ^ and $ for all of it.'),
      flags: z.string().optional().describe('Of the regular expression. Default: su.'),
    })
    .describe('1 for responses with a match, 0 for others.'),
  z
    .strictObject({
      type: z.literal('format'),
      ...common,
      tags: z.array(text).min(1).describe('Names of the tags in their order, such as [think, answer].'),
    })
    .describe('1 for responses that are some tags in order, 0 for others.'),
  z
    .strictObject({
      type: z.literal('ifeval'),
      ...common,
      strict: flag
        .default(true)
        .describe('Reads responses as they stand; else also without first or last line, or asterisks.'),
    })
    .describe('Share of the instructions of the prompt’s row that are followed, as IFEval checks them.'),
  z
    .strictObject({
      type: z.literal('function'),
      ...common,
      module: text.describe('A file of JavaScript or TypeScript.'),
      export: text.default('default').describe('Name of the function that it exports.'),
      options: handedOn.optional().describe('Handed on to the function.'),
    })
    .describe('A function of a module of one’s own.'),
  z
    .strictObject({
      type: z.literal('lexicon'),
      ...common,
      plus: z.array(text).default([]).describe('Words that count, whatever their case.'),
      minus: z.array(text).default([]).describe('Words that count against.'),
    })
    .describe('Words that count, less words that count against, per word of the response.'),
  z
    .strictObject({
      type: z.literal('length'),
      ...common,
      shape: oneOf(['overlong', 'cosine', 'repetition', 'missingEos', 'perToken']).describe(
        'Which penalty or reward of length.',
      ),
      options: handedOn.default({}).describe('Options of that function of @prefkit/advantages.'),
    })
    .describe('Penalties and rewards of length.'),
] as const

const types = kinds.map(({ shape }) => shape.type.value).join(', ')

/** Each kind of reward, by its type. */
export const reward = z
  .discriminatedUnion('type', kinds, { error: `expected a reward whose type is one of ${types}` })
  .register(taken, { takes: 'a reward' })
  .describe('One part of what is rewarded: an entry of policy.rewards, or a golden reward.')

/** One part of what is rewarded. */
export type RewardConfig = z.output<typeof reward>
