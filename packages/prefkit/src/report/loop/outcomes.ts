import { type MeanInterval, meanInterval } from '@prefkit/evals'
import type { SampleRow } from '../../loop/run/driver/run-event'
import type { StepRecord } from '../../loop/step-record'
import { type Evaluation, evaluationsOf } from './evaluations'
import { type RunData, recordsOf } from './run-data'
import { winNames } from './run-settings'
import { numberAt, numberNames } from './step-series'

/** A number that says what a policy came to. */
export interface Outcome {
  readonly name: string
  readonly percent?: boolean
  /** Its names in the records of evaluations, and of steps. */
  readonly evaluated: readonly string[]
  readonly learned: readonly string[]
  /** That of a response which was kept. */
  readonly ofSample?: (row: SampleRow) => number | null | undefined
}

/** The numbers that say what a policy came to, in the order of how much they matter. */
export function outcomesOf(settings: unknown) {
  const wins = winNames(settings)
  const means = (rewards: readonly string[], prefix: string): string[] =>
    rewards.map((reward) => `${prefix}rewards/${reward}/mean`)
  const rewardIn = (rewards: readonly string[]) => (row: SampleRow) =>
    rewards.map((reward) => row.rewards[reward]).find((value) => typeof value === 'number')
  return {
    win: {
      ...{ name: 'Win probability', percent: true, ofSample: rewardIn(wins) },
      ...{ evaluated: means(wins, 'eval_'), learned: means(wins, '') },
    },
    golden: {
      ...{ name: 'Golden reward', ofSample: rewardIn(['golden']) },
      ...{ evaluated: means(['golden'], 'eval_'), learned: means(['golden'], '') },
    },
    reward: {
      ...{ name: 'Reward', ofSample: ({ reward }: SampleRow) => reward },
      ...{ evaluated: ['eval_reward'], learned: ['reward'] },
    },
    kl: {
      ...{ name: 'KL (nats a response)', ofSample: ({ kl }: SampleRow) => kl },
      ...{ evaluated: ['eval_kl'], learned: ['objective/kl'] },
    },
    length: {
      name: 'Length (tokens)',
      evaluated: ['eval_completions/mean_length'],
      learned: ['completions/mean_length'],
    },
  } as const satisfies Record<string, Outcome>
}

/** Other rewards that a run is evaluated by, each on its own; one that is all of the reward is told of as that. */
export function partsOf(run: RunData): Outcome[] {
  const told = ['golden', ...winNames(run.settings)]
  const evaluations = evaluationsOf(run)
  const isAll = (name: string): boolean =>
    evaluations.every(({ record }) => record[`eval_rewards/${name}/mean`] === record.eval_reward)
  const names = evaluations.flatMap(({ record }) =>
    numberNames([record]).flatMap((name) => /^eval_rewards\/(.+)\/mean$/.exec(name)?.[1] ?? []),
  )
  return [...new Set(names)]
    .filter((name) => !told.includes(name) && !isAll(name))
    .map((name) => ({
      ...{ name, ofSample: ({ rewards }) => rewards[name] },
      ...{ evaluated: [`eval_rewards/${name}/mean`], learned: [`rewards/${name}/mean`] },
    }))
}

/** How an outcome went from the first time it was measured to the last. */
export interface Course {
  readonly from: number
  readonly to: number
  /** Of each of them, over the prompts. */
  readonly bounds?: readonly [MeanInterval, MeanInterval]
  /** Of the difference, over the prompts that both are of. */
  readonly change?: MeanInterval
  /** When the first and the last were measured. */
  readonly when: readonly [string, string]
  /** How many prompts it was measured on, and responses to all of them; undefined where it was on those that are learned from. */
  readonly prompts?: number
  readonly responses?: number
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The mean of an outcome over the responses of each prompt. */
function byPrompt({ samples }: Evaluation, ofSample: NonNullable<Outcome['ofSample']>): Map<string, number> {
  const known = samples.flatMap((row) => {
    const value = ofSample(row)
    return typeof value === 'number' && Number.isFinite(value) ? [{ promptId: row.promptId, value }] : []
  })
  const groups = Map.groupBy(known, ({ promptId }) => promptId)
  return new Map([...groups].map(([id, rows]) => [id, mean(rows.map(({ value }) => value))]))
}

/** An interval, of a share no further than shares can be: Student's reaches beyond them where prompts are few. */
function boundsWithin(
  interval: MeanInterval,
  { percent }: Outcome,
  [least, most]: readonly [number, number],
): MeanInterval {
  if (!percent) return interval
  return { ...interval, low: Math.max(least, interval.low), high: Math.min(most, interval.high) }
}

/** Where the true mean plausibly lies, given how many prompts it was measured on; undefined where that cannot be told. */
function boundsOf(evaluation: Evaluation, outcome: Outcome): MeanInterval | undefined {
  const { ofSample } = outcome
  const values = ofSample ? [...byPrompt(evaluation, ofSample).values()] : []
  return values.length > 1 ? boundsWithin(meanInterval(values), outcome, [0, 1]) : undefined
}

/** Differences of the prompts that two evaluations share: `later` less `earlier`. */
export function promptChanges(earlier: Evaluation, later: Evaluation, { ofSample }: Outcome): number[] {
  if (!ofSample) return []
  const before = byPrompt(earlier, ofSample)
  return [...byPrompt(later, ofSample)].flatMap(([id, value]) =>
    before.has(id) ? [value - before.get(id)!] : [],
  )
}

/** The part of a run's steps whose mean stands for its beginning or its end. */
const endShare = 0.1

function courseOfSteps(records: readonly StepRecord[], names: readonly string[]): Course | undefined {
  const known = records.flatMap((record) => numberAt(record, names) ?? [])
  if (known.length < 2) return undefined
  const count = Math.max(1, Math.round(known.length * endShare))
  const words = (which: string) => (count === 1 ? `in the ${which} step` : `in the ${which} ${count} steps`)
  return {
    from: mean(known.slice(0, count)),
    to: mean(known.slice(-count)),
    when: [words('first'), words('last')],
  }
}

/** How an outcome went: on held-out prompts, else on those that are learned from; undefined where neither was measured twice. */
export function courseOf(run: RunData, outcome: Outcome): Course | undefined {
  const measured = evaluationsOf(run).flatMap((evaluation) => {
    const value = numberAt(evaluation.record, outcome.evaluated)
    return value === undefined ? [] : [{ evaluation, value }]
  })
  const [first, last] = [measured[0], measured.at(-1)]
  if (!first || !last || first === last) return courseOfSteps(recordsOf(run, 'policy'), outcome.learned)
  const changes = promptChanges(first.evaluation, last.evaluation, outcome)
  const [before, after] = [first, last].map(({ evaluation }) => boundsOf(evaluation, outcome))
  const { samples } = last.evaluation
  return {
    ...{ from: first.value, to: last.value },
    ...(before && after && { bounds: [before, after] }),
    when: [first.evaluation.label, last.evaluation.label],
    ...{ prompts: new Set(samples.map(({ promptId }) => promptId)).size, responses: samples.length },
    ...(changes.length > 1 && { change: boundsWithin(meanInterval(changes), outcome, [-1, 1]) }),
  }
}
