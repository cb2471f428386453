import type { RunConfig } from '../config/run-config'
import { promptsOfDrawing, seenCount } from '../data/seen-prompts'
import { distilledPerPrompt } from '../stages/distilled-responses'
import { distillingPasses } from '../stages/distilled-scores'
import { pairSteps } from '../stages/draw-pairs'
import type { RunFacts } from './run-facts'

/** What a stage computes: tokens at most, as responses may end early. */
export interface StageWork {
  readonly steps: number
  /** Responses that are drawn. */
  readonly responses: number
  /** Tokens of them; twice those of a mixture, which two models draw. */
  readonly drawn: number
  /** Tokens that a model reads without learning: rewards, references, prompts. */
  readonly scored: number
  /** Tokens that a model learns from, each time that it does. */
  readonly learnt: number
  /** Rows of the longest that it computes. */
  readonly longest: number
  /** What is not counted, in words. */
  readonly notes: readonly string[]
}

const nothing: StageWork = {
  ...{ steps: 0, responses: 0, drawn: 0, scored: 0, learnt: 0, longest: 0 },
  notes: [],
}

type WorkOf = (config: RunConfig, facts: RunFacts) => StageWork

/** Tokens of a prompt on the average, and of a response at most. */
const lengthsOf = ({ sampling }: RunConfig, { prompts }: RunFacts) => ({
  prompt: prompts.train.tokens,
  response: sampling.maxNewTokens,
  longest: prompts.train.longest + sampling.maxNewTokens,
})

/** Comparisons to learn from: pairs, and tokens of prompt and response. */
function comparisonsOf(config: RunConfig, facts: RunFacts) {
  const { comparisons } = config
  const { prompt, response, longest } = lengthsOf(config, facts)
  if (!comparisons) return { train: 0, heldOut: 0, tokens: 0, longest: 0 }
  const isHuman = comparisons.source === 'human'
  const pairs = isHuman ? facts.human.rows / 2 : comparisons.pairs
  const heldOut = Math.round(pairs * comparisons.heldOut)
  const own = isHuman ? facts.human : { tokens: prompt + response, longest }
  return { train: pairs - heldOut, heldOut, tokens: own.tokens, longest: own.longest }
}

/** Tokens of a question to a pairwise reward model, which has two responses. */
function questionOf(config: RunConfig, facts: RunFacts): number {
  const { prompt, response } = lengthsOf(config, facts)
  return facts.question + prompt + 2 * response
}

/** Tokens that the run's reward model reads to compare a response with its anchors, or to score it. */
function tokensOfReward(config: RunConfig, facts: RunFacts): number {
  const { prompt, response } = lengthsOf(config, facts)
  const { anchors, rewardModel } = config
  if (rewardModel?.kind === 'embeddings') return 0
  const several = anchors?.perPrompt ?? 1
  if (rewardModel?.kind === 'pairwise') return 2 * several * questionOf(config, facts)
  return (1 + several) * (prompt + response)
}

const sft: WorkOf = ({ sft: settings }, { sft: data }) => {
  if (!settings) return nothing
  const { epochs, batchSize } = settings
  const steps = epochs * Math.ceil(data.rows / batchSize)
  return { ...nothing, steps, learnt: epochs * data.rows * data.tokens, longest: data.longest }
}

const comparisons: WorkOf = (config, facts) => {
  const { comparisons: settings } = config
  if (!settings) return nothing
  if (settings.source === 'human') {
    const { tooLong, equal } = facts.human
    const notes = [
      ...(tooLong > 0 ? [`${tooLong} are too long and left out`] : []),
      ...(equal > 0 ? [`${equal} have two equal responses and are left out`] : []),
    ]
    return { ...nothing, notes }
  }
  const { prompt, response, longest } = lengthsOf(config, facts)
  const { pairs, responsesPerPrompt: together } = settings
  const { steps, prompts } = pairSteps(settings)
  const responses = prompts * together
  const asks = settings.source === 'judged' ? [`asks a judge about ${pairs} pairs, in both orders`] : []
  return {
    ...{ steps, responses, drawn: responses * response, learnt: 0, longest },
    ...{ scored: prompts * prompt, notes: asks },
  }
}

const rewardModel: WorkOf = (config, facts) => {
  const { rewardModel: settings } = config
  const { train, heldOut, tokens, longest } = comparisonsOf(config, facts)
  if (!settings || settings.kind === 'saved') return nothing
  if (settings.kind === 'embeddings') {
    return { ...nothing, notes: [`embeds ${2 * (train + heldOut)} responses, and trains a model on them`] }
  }
  const { epochs, batchSize } = settings
  const isPairwise = settings.kind === 'pairwise'
  const row = isPairwise ? facts.question + 2 * tokens : tokens
  const rows = isPairwise && !settings.swap ? 1 : 2
  return {
    ...nothing,
    ...{ steps: Math.ceil((epochs * train) / batchSize), learnt: epochs * train * rows * row },
    ...{ scored: epochs * heldOut * 2 * row, longest: isPairwise ? facts.question + 2 * longest : longest },
  }
}

/** Pairs that a tournament of so many asks about: a knock-out down to eight, who all meet. */
const duelsOf = (n: number): number => Math.max(0, n - 8) + (Math.min(n, 8) * (Math.min(n, 8) - 1)) / 2

const anchors: WorkOf = (config, facts) => {
  const { anchors: settings, rewardModel: chooser } = config
  if (!settings) return nothing
  const { prompt, response, longest } = lengthsOf(config, facts)
  const count = seenCount(config, facts.prompts.train.rows) + facts.prompts.heldOut.rows
  const { n } = settings
  const isPairwise = chooser?.kind === 'pairwise'
  const asked = isPairwise ? duelsOf(n) * 2 * questionOf(config, facts) : n * (prompt + response)
  return {
    ...{
      steps: Math.ceil(count / promptsOfDrawing),
      responses: count * n,
      drawn: count * n * response,
      learnt: 0,
    },
    scored: count * (prompt + (chooser?.kind === 'embeddings' ? 0 : asked)),
    longest: isPairwise ? facts.question + 2 * longest : longest,
    notes: settings.adaptive ? ['draws fewer where more would gain little'] : [],
  }
}

const judge: WorkOf = (config, facts) => {
  const { judge: settings } = config
  if (!settings) return nothing
  const { steps, pairsPerStep, rollouts, maxNewTokens } = settings
  const { tokens, longest } = comparisonsOf(config, facts)
  const responses = steps * pairsPerStep * 2 * rollouts
  const read = responses * (tokens + maxNewTokens)
  return {
    ...{ steps, responses, drawn: responses * maxNewTokens, scored: read, learnt: read },
    ...{ longest: longest + maxNewTokens, notes: ['its question is counted as prompt and response alone'] },
  }
}

/** One evaluation on the held-out prompts. */
function evaluationOnce(config: RunConfig, facts: RunFacts) {
  const { prompt, response } = lengthsOf(config, facts)
  const responses = facts.prompts.heldOut.rows * config.evaluation.samplesPerPrompt
  const rewards = config.rewardModel ? tokensOfReward(config, facts) : 0
  return { responses, drawn: responses * response, scored: responses * (2 * prompt + response + rewards) }
}

const models: ReadonlySet<string> = new Set(['judge', 'rubric'])

function rewardWork(config: RunConfig, facts: RunFacts) {
  const { policy } = config
  const rewards = policy && 'rewards' in policy ? policy.rewards : []
  const own = rewards.filter(({ type }) => type === 'winProbability' || type === 'score').length
  const asked = rewards
    .filter(({ type }) => models.has(type))
    .map(({ type }) => `asks a ${type} about each response`)
  return { tokens: own * tokensOfReward(config, facts), notes: asked }
}

/** What a step does with a prompt. */
interface PromptWork {
  /** Responses that are drawn. */
  readonly responses: number
  /** The same, each as often as a model draws it. */
  readonly drawn: number
  /** Times that the prompt is read for them. */
  readonly read: number
  /** Those that are learnt from. */
  readonly learnt: number
}

type DrawingPolicy = Extract<NonNullable<RunConfig['policy']>, { promptsPerStep: number }>

/** Of algorithms that draw a response of the policy, and another one. */
const opposed: Readonly<Record<string, (settings: never) => PromptWork>> = {
  xpo: () => ({ responses: 2, drawn: 2, read: 2, learnt: 2 }),
  'nash-md': ({ mixture }: Extract<DrawingPolicy, { algorithm: 'nash-md' }>) => {
    const models = 1 + (mixture > 0 && mixture < 1 ? 2 : 1)
    return { responses: 2, drawn: models, read: models, learnt: 1 }
  },
}

function promptWork(settings: DrawingPolicy): PromptWork {
  if ('samplesPerPrompt' in settings) {
    const { samplesPerPrompt: n } = settings
    return { responses: n, drawn: n, read: 1, learnt: n }
  }
  // Each has the settings of its name.
  return (opposed[settings.algorithm] as (settings: DrawingPolicy) => PromptWork)(settings)
}

const policy: WorkOf = (config, facts) => {
  const { policy: settings, evaluation } = config
  if (!settings) return nothing
  const { prompt, response, longest } = lengthsOf(config, facts)
  if (settings.algorithm === 'preferences') {
    const { train, tokens, longest: row } = comparisonsOf(config, facts)
    const read = settings.epochs * train * 2 * tokens
    const steps = Math.ceil((settings.epochs * train) / settings.batchSize)
    return { ...nothing, steps, scored: read, learnt: read, longest: row }
  }
  const { steps, promptsPerStep } = settings
  const prompts = steps * promptsPerStep
  const each = promptWork(settings)
  const row = prompt + response
  const isPpo = settings.algorithm === 'ppo'
  const seen = isPpo && settings.value === 'anchor' ? row + response : row
  const passes = 'epochs' in settings ? settings.epochs : 1
  const rewards = rewardWork(config, facts)
  const evaluations = evaluation.everySteps > 0 ? Math.ceil(steps / evaluation.everySteps) : 0
  const once = evaluationOnce(config, facts)
  return {
    steps,
    responses: prompts * each.responses + evaluations * once.responses,
    drawn: prompts * each.drawn * response + evaluations * once.drawn,
    scored:
      prompts *
        (each.read * prompt + each.learnt * (row + (isPpo ? seen : 0)) + each.responses * rewards.tokens) +
      evaluations * once.scored,
    learnt: passes * prompts * each.learnt * (row + (isPpo ? seen : 0)),
    ...{ longest: seen > row ? longest + response : longest, notes: rewards.notes },
  }
}

/** Whether scores are distilled: most reward models have some of their own. */
const distils = ({ rewardModel: judged }: RunConfig): boolean =>
  judged?.kind === 'pairwise' || judged?.kind === 'saved'

const distilledResponses: WorkOf = (config, facts) => {
  if (!distils(config)) return nothing
  const { prompt, response, longest } = lengthsOf(config, facts)
  const count = seenCount(config, facts.prompts.train.rows) + facts.prompts.heldOut.rows
  const responses = distilledPerPrompt * count
  return {
    ...{ ...nothing, steps: Math.ceil(count / promptsOfDrawing), responses, longest },
    ...{ drawn: responses * response, scored: count * prompt },
  }
}

const distilledScores: WorkOf = (config, facts) => {
  if (!distils(config)) return nothing
  const { prompt, response, longest } = lengthsOf(config, facts)
  const { anchors: chosen } = config
  const { epochs, batchSize } = distillingPasses(config)
  const several = distilledPerPrompt * (chosen?.perPrompt ?? 1)
  const [train, heldOut] = [
    several * seenCount(config, facts.prompts.train.rows),
    several * facts.prompts.heldOut.rows,
  ]
  return {
    ...{ ...nothing, steps: Math.ceil((epochs * train) / batchSize) },
    scored: (train + heldOut) * 2 * questionOf(config, facts),
    learnt: epochs * train * 2 * (prompt + response),
    longest: facts.question + 2 * longest,
  }
}

const evaluation: WorkOf = (config, facts) => {
  const once = evaluationOnce(config, facts)
  if (once.responses === 0) return { ...nothing, notes: ['no prompt is held out'] }
  const { longest } = lengthsOf(config, facts)
  const doubled = { responses: 2 * once.responses, drawn: 2 * once.drawn, scored: 2 * once.scored }
  return { ...nothing, ...doubled, steps: 2, longest }
}

const works: Readonly<Record<string, WorkOf>> = {
  ...{ sft, comparisons, anchors, judge, policy, evaluation },
  ...{
    reward_model: rewardModel,
    distilled_responses: distilledResponses,
    distilled_scores: distilledScores,
  },
}

/** What a stage will compute, by its name. */
export const stageWork = (stage: string, config: RunConfig, facts: RunFacts): StageWork =>
  works[stage]?.(config, facts) ?? { ...nothing, notes: ['not reckoned'] }
