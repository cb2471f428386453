import { answeringModelOf } from '../../../../judge/answering-model'
import { PrefkitError } from '../../../../prefkit-error'
import { exactAnswerReward } from '../../../rewards/exact-answer-reward'
import { formatReward } from '../../../rewards/format-reward'
import { ifevalReward } from '../../../rewards/ifeval-reward'
import { judgeReward } from '../../../rewards/judge-reward'
import { judgeScoreReward } from '../../../rewards/judge-score-reward'
import {
  cosineLengthReward,
  missingEosReward,
  overlongReward,
  perTokenReward,
  repetitionReward,
  stopProperly,
} from '../../../rewards/length-rewards'
import { lexiconReward } from '../../../rewards/lexicon-reward'
import { pointwiseReward } from '../../../rewards/pointwise-reward'
import { regexReward } from '../../../rewards/regex-reward'
import type { RewardFunction } from '../../../rewards/reward-function'
import { rubricReward } from '../../../rewards/rubric-reward'
import { winProbabilityReward } from '../../../rewards/win-probability-reward'
import { issueText } from '../../config/issue-text'
import { withoutLines } from '../../config/located-by'
import { type RewardConfig, reward as rewardSchema } from '../../config/sections/rewards'
import { loadFunctionReward } from '../../rewards/load-function-reward'
import { askedCriteria } from './asked-criteria'
import type { RewardScope } from './reward-scope'

type OfType<Type extends RewardConfig['type']> = Extract<RewardConfig, { type: Type }>

type Open<Config> = (
  config: Config,
  scope: RewardScope,
  path: readonly PropertyKey[],
) => Promise<RewardFunction> | RewardFunction

type LengthConfig = OfType<'length'>

const own = ({ name, weight }: Pick<RewardConfig, 'name' | 'weight'>) => ({
  weight,
  ...(name !== undefined && { name }),
})

/** Options are handed on as they are written: their types are checked by the functions that take them. */
const handed = <Options>(config: LengthConfig): Options => ({ ...config.options, ...own(config) }) as Options

/** A trained reward model rates without bounds. */
const isRewardModel = (judge: string): boolean => answeringModelOf(judge) === undefined
const asItIs = { min: 0, max: 1 }

/** A length that counts otherwise for right responses and wrong ones: another reward says which are right. */
async function cosineOf(
  config: LengthConfig,
  scope: RewardScope,
  path: readonly PropertyKey[],
): Promise<RewardFunction> {
  const { correct, ...options } = config.options
  const parsed = rewardSchema.safeParse(correct, { reportInput: true })
  if (!parsed.success) {
    const needed = 'expected the reward that says which responses are right, such as {type: exactAnswer}'
    const located = withoutLines(correct, 'options.correct')
    const said = parsed.error.issues.flatMap((issue) => issueText(issue, rewardSchema, located))
    const problems = correct === undefined ? `options.correct: ${needed}, got nothing` : said.join('; ')
    throw new PrefkitError('INVALID_CONFIG', `rewards: ${problems}`)
  }
  type Options = Parameters<typeof cosineLengthReward>[0]
  return cosineLengthReward({
    ...handed<Options>({ ...config, options }),
    correct: await openReward(parsed.data, scope, [...path, 'options', 'correct']),
  })
}

const lengths: Readonly<Record<LengthConfig['shape'], Open<LengthConfig>>> = {
  overlong: (config) => overlongReward(handed(config)),
  cosine: cosineOf,
  repetition: (config) => repetitionReward(handed(config)),
  missingEos: (config) => missingEosReward(handed(config)),
  perToken: (config) => perTokenReward(handed(config)),
}

const openers: { readonly [Type in RewardConfig['type']]: Open<OfType<Type>> } = {
  winProbability: async (config, { pairwise }) =>
    winProbabilityReward({ ...own(config), scorer: await pairwise(), anchors: config.anchors }),
  score: async ({ bound, clip, ...config }, { pointwise }) =>
    pointwiseReward({
      ...own(config),
      ...{ scorer: await pointwise(), bound },
      ...(clip !== undefined && { clip }),
    }),
  trainedJudge: async (config, { trainedJudge }) =>
    pointwiseReward({
      ...own(config),
      name: config.name ?? 'trainedJudge',
      scorer: await trainedJudge(config),
    }),
  judge: async (config, { pairJudge, scoringJudge }) => {
    const { concurrency } = config
    return config.asking === 'pairs'
      ? judgeReward({ ...own(config), concurrency, judge: await pairJudge(config) })
      : judgeScoreReward({
          ...{ ...own(config), concurrency, judge: await scoringJudge(config) },
          ...(isRewardModel(config.judge) && { scale: asItIs }),
        })
  },
  rubric: async (config, { askedJudge }) => {
    const { format, ...criteria } = await askedCriteria(config)
    return rubricReward({
      ...{ ...own(config), ...criteria, concurrency: config.concurrency, missing: 'unread' },
      judge: await askedJudge(config, format),
    })
  },
  exactAnswer: (config) => exactAnswerReward({ ...own(config), field: config.field }),
  regex: (config) => regexReward({ ...own(config), pattern: config.pattern, flags: config.flags }),
  format: (config) => formatReward({ ...own(config), tags: config.tags }),
  ifeval: (config) => ifevalReward({ ...own(config), strict: config.strict }),
  function: ({ module, export: exported, options, ...config }) =>
    loadFunctionReward(`${module}#${exported}`, { ...own(config), ...(options && { options }) }),
  lexicon: (config) => lexiconReward({ ...own(config), plus: config.plus, minus: config.minus }),
  length: (config, ...rest) => lengths[config.shape](config, ...rest),
}

/**
 * A reward as a run's configuration says it.
 * @param path where it stands there, such as `['policy', 'rewards', 0]`: what it does wrong is told with it.
 * @throws PrefkitError `INVALID_CONFIG`; what opening its models throws.
 */
export async function openReward(
  config: RewardConfig,
  scope: RewardScope,
  path: readonly PropertyKey[],
): Promise<RewardFunction> {
  // The table has for each type the opener of its own.
  const open = openers[config.type] as Open<RewardConfig>
  const reward = await open(config, scope, path)
  const { stopProperly: coefficient, type } = config
  const own = coefficient === undefined ? reward : stopProperly(reward, { coefficient })
  return { ...own, origin: { place: scope.placeOf(path), type } }
}

/** Those that a policy learns from, one after the other: they may share what they open. */
export async function openRewards(
  configs: readonly RewardConfig[],
  scope: RewardScope,
): Promise<RewardFunction[]> {
  const opened: RewardFunction[] = []
  for (const [i, config] of configs.entries()) {
    opened.push(await openReward(config, scope, ['policy', 'rewards', i]))
  }
  return opened
}
