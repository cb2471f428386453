import type { StepRecord } from '../../loop/step-record'
import { type CurveFigure, type CurveLine, curveFigure } from './draw-curves'
import { isKlOfResponses } from './kl-of-responses'
import { numberNames, seriesOf } from './step-series'

/** A line of a figure, and the number that it is of. */
interface PlannedLine {
  readonly name: string
  readonly key: string
  /** The name of the line that this one shows the same of, on what is held out. */
  readonly of?: string
}

/** What is drawn together, of what a stage has logged. */
interface FigurePlan extends Omit<CurveFigure, 'lines'> {
  readonly lines: (keys: readonly string[]) => readonly PlannedLine[]
}

const isHeldOut = (key: string): boolean => key.startsWith('eval_')

/** Lines of the numbers of these names; of a number with `eval_` before its name, the same on what is held out. */
const linesOf =
  (names: Readonly<Record<string, string>>): FigurePlan['lines'] =>
  (keys) =>
    Object.entries(names).flatMap(([key, name]) => [
      ...(keys.includes(key) ? [{ key, name }] : []),
      ...(keys.includes(`eval_${key}`) ? [{ key: `eval_${key}`, name: `${name}, held out`, of: name }] : []),
    ])

/** Lines of the means of rewards, by their names. */
const rewardLines =
  (isShown: (reward: string) => boolean): FigurePlan['lines'] =>
  (keys) =>
    keys.flatMap((key) => {
      const reward = /^(?:eval_)?rewards\/(.+)\/mean$/.exec(key)?.[1]
      if (reward === undefined || !isShown(reward)) return []
      return [isHeldOut(key) ? { key, name: `${reward}, held out`, of: reward } : { key, name: reward }]
    })

/** What a policy is for, and how far it goes for that. */
const policyPlans = (wins: readonly string[]): FigurePlan[] => [
  {
    title: 'Win probability',
    label: 'beats its anchors',
    percent: true,
    rule: 0.5,
    caption:
      'How probably a response is better than the anchors of its prompt. At 50 % it is as good as they are.',
    lines: rewardLines((reward) => wins.includes(reward)),
  },
  {
    title: 'Reward',
    label: 'reward',
    caption: 'The weighted sum that is learned from.',
    lines: linesOf({ reward: 'reward' }),
  },
  {
    title: 'Parts of the reward',
    label: 'reward, unweighted',
    caption: 'Each part before its weight. A golden reward is only measured: nothing is learned from it.',
    lines: rewardLines((reward) => !wins.includes(reward)),
  },
  {
    title: 'Divergence from the reference, a response',
    label: 'KL (nats)',
    caption: 'How far the policy has gone from what it began as, summed over the tokens of a response.',
    lines: (keys) => [
      ...linesOf({ 'objective/kl': 'learned from' })(keys),
      ...(keys.includes('kl') && isKlOfResponses(keys) ? [{ key: 'kl', name: 'learned from' }] : []),
      ...(keys.includes('eval_kl') ? [{ key: 'eval_kl', name: 'held out', of: 'learned from' }] : []),
    ],
  },
  {
    title: 'Divergence from the reference, a token',
    label: 'KL (nats)',
    caption: 'How far the policy has gone from what it began as, as a mean over tokens.',
    // `eval_kl` is of a response.
    lines: (keys) =>
      keys.includes('kl') && !isKlOfResponses(keys) ? [{ key: 'kl', name: 'learned from' }] : [],
  },
  {
    title: 'Entropy of a response',
    label: 'nats',
    caption:
      'How much chance there is in what is drawn. Where it goes to 0, the policy says the same whatever the seed.',
    lines: linesOf({ 'objective/entropy': 'responses' }),
  },
  {
    title: 'Entropy of a token',
    label: 'nats',
    caption: 'How undecided the policy is at a token.',
    lines: linesOf({ 'policy/entropy_avg': 'tokens', entropy: 'tokens' }),
  },
  {
    title: 'Length',
    label: 'tokens',
    caption: 'Of responses. A reward that likes long ones shows here first.',
    lines: linesOf({
      'completions/mean_length': 'mean',
      'completions/min_length': 'shortest',
      'completions/max_length': 'longest',
    }),
  },
  {
    title: 'Responses that were cut off',
    label: 'share',
    percent: true,
    caption: 'Those that had not ended at the most tokens that are drawn.',
    lines: linesOf({ 'completions/clipped_ratio': 'cut off' }),
  },
]

/** How models of preferences and judges do. */
const judgementPlans = (wins: readonly string[]): FigurePlan[] => [
  {
    title: 'Accuracy',
    label: 'share of pairs',
    percent: true,
    rule: 0.5,
    caption: 'How often the chosen response is held to be the better one; front and back: where it is shown.',
    lines: linesOf({
      accuracy: 'all',
      'accuracy/front': 'shown first',
      'accuracy/back': 'shown second',
      'rewards/accuracies': 'all',
    }),
  },
  {
    title: 'Agreement with the reward model',
    label: 'share of pairs',
    percent: true,
    rule: 0.5,
    caption:
      'How often the scores order a response and an anchor as the reward model does that they are distilled from.',
    lines: linesOf({ agreement: 'all' }),
  },
  {
    title: 'Position gap',
    label: 'difference',
    rule: 0,
    caption:
      'Accuracy with the chosen response shown first, less that with it shown second; of a reward, how far its two answers are apart. 0 is fair.',
    lines: (keys) => [
      ...linesOf({ 'accuracy/gap': 'accuracy' })(keys),
      ...linesOf(Object.fromEntries(wins.map((win) => [`rewards/${win}/position_gap`, win])))(keys),
    ],
  },
  {
    title: 'Margin',
    label: 'score',
    rule: 0,
    caption: 'Score of the chosen response, less that of the rejected one.',
    lines: linesOf({ margin: 'margin', 'rewards/margins': 'margin' }),
  },
  {
    title: 'Scores',
    label: 'score',
    caption: 'Of the chosen and the rejected responses, or of all.',
    lines: linesOf({
      'rewards/chosen': 'chosen',
      'rewards/rejected': 'rejected',
      min_reward: 'lowest',
      mean_reward: 'mean',
      max_reward: 'highest',
    }),
  },
  {
    title: 'Answers that could be read',
    label: 'share',
    percent: true,
    caption: 'Answers of the judge that have the form which was asked for.',
    lines: linesOf({ 'format/parsed_ratio': 'read' }),
  },
  {
    title: 'Answers with yes or no',
    label: 'probability',
    percent: true,
    caption:
      'How probable the two answers are together. What is learned is which of them; a judge that is only asked for these two needs no more.',
    lines: linesOf({ answer_mass: 'yes or no' }),
  },
]

/** How training itself goes. */
const trainingPlans: readonly FigurePlan[] = [
  {
    title: 'Loss',
    label: 'loss',
    caption:
      'What is minimised. That of a policy gradient is near 0 whether it learns or not; look at rewards.',
    lines: linesOf({ loss: 'loss', 'loss/policy_avg': 'policy' }),
  },
  {
    title: 'Loss of the value model',
    label: 'squared error',
    caption: 'How far the value model is from the returns that came.',
    lines: linesOf({ 'loss/value_avg': 'value model' }),
  },
  {
    title: 'Explained variance of the value model',
    label: 'share',
    rule: 0,
    caption:
      'How much of the returns it foresees: 1 is all, 0 no more than their mean, below 0 less than that.',
    lines: linesOf({ 'value/explained_variance': 'explained' }),
  },
  {
    title: 'Gradient norm',
    label: 'norm',
    caption: 'Before clipping.',
    lines: linesOf({ grad_norm: 'gradient', 'value/grad_norm': 'value model' }),
  },
  {
    title: 'Groups that teach nothing',
    label: 'share',
    percent: true,
    caption: 'Prompts whose responses all have the same reward.',
    lines: linesOf({ frac_reward_zero_std: 'groups' }),
  },
  {
    title: 'Learning rate',
    label: 'step size',
    caption: 'Of the optimiser.',
    lines: linesOf({ learning_rate: 'learning rate' }),
  },
]

const lineOf =
  (records: readonly StepRecord[]) =>
  ({ key, ...line }: PlannedLine): CurveLine => ({
    ...line,
    points: seriesOf(records, key),
    isExact: isHeldOut(key),
  })

/** Figures of what a stage has logged, what matters first. */
export interface StageFigures {
  readonly figures: readonly string[]
  /** One for each number that no figure above has. */
  readonly others: readonly string[]
}

/** Progress through the data is no finding. */
const unshown: ReadonlySet<string> = new Set(['epoch', 'num_tokens'])

/** @param wins names of the rewards that are win probabilities. */
export function stageFigures(records: readonly StepRecord[], wins: readonly string[]): StageFigures {
  const keys = numberNames(records)
  const plans = [...policyPlans(wins), ...judgementPlans(wins), ...trainingPlans]
  const planned = plans.map((plan) => ({ ...plan, lines: plan.lines(keys) }))
  const drawn = new Set(planned.flatMap(({ lines }) => lines.map(({ key }) => key)))
  const others = keys.filter((key) => !drawn.has(key) && !unshown.has(key))
  return {
    figures: planned.map((plan) => curveFigure({ ...plan, lines: plan.lines.map(lineOf(records)) })),
    others: others.map((key) =>
      curveFigure({ title: key, label: '', caption: '', lines: [lineOf(records)({ key, name: key })] }),
    ),
  }
}
