import { basename } from 'node:path'
import { counted, formatCount, formatDecimal } from '../format-number'
import { type Course, courseOf, type Outcome, outcomesOf } from './outcomes'
import {
  heldOutAccuracies,
  heldOutPairs,
  type RunData,
  recordsOf,
  stageNames,
  stageTitle,
  unfinishedStage,
} from './run-data'
import { settingAt, settingText } from './run-settings'
import { changeBounds, outcomeText } from './sections/result-section'
import { numberAt, seriesOf } from './step-series'

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

const modelName = ({ settings }: RunData): string => basename(settingText(settingAt(settings, 'model.path')))

/** The rewards that a policy learns from, by name. */
function rewardNames({ settings }: RunData): string[] {
  const rewards = settingAt(settings, 'policy.rewards')
  if (!Array.isArray(rewards)) return []
  return rewards.filter(({ weight }) => weight !== 0).map(({ name, type }) => String(name ?? type))
}

/** What is trained, and from what. */
function whatSentence(run: RunData): string {
  const steps = recordsOf(run, 'policy').length
  const model = modelName(run)
  if (steps === 0) return `The model is ${model}. Stages: ${listed(stageNames(run).map(stageTitle))}.`
  const algorithm = settingText(settingAt(run.settings, 'policy.algorithm'))
  const rewards = rewardNames(run)
  const from = rewards.length === 0 ? '' : ` from ${listed(rewards)}`
  const counts = ['promptsPerStep', 'samplesPerPrompt'].map((name) =>
    settingAt(run.settings, `policy.${name}`),
  )
  const drawn = counts.every((count) => typeof count === 'number')
    ? ` of ${counts[0]} × ${counts[1]} responses`
    : ''
  return `${model} learned by ${algorithm}${from}, in ${counted(steps, 'step')}${drawn}.`
}

/** Where a change goes, as far as its interval says. */
function wentFrom(outcome: Outcome, { from, to, change }: Course): string {
  const verb = to > from ? 'rose' : to < from ? 'fell' : 'stayed'
  const values = `from ${outcomeText(from, outcome)} to ${outcomeText(to, outcome)}`
  if (!change || !Number.isFinite(change.low)) return `${verb} ${values}`
  const isSure = change.low > 0 || change.high < 0
  const unit = outcome.percent ? ' points' : ''
  const sure = isSure ? '' : ', which may be chance'
  return `${verb} ${values} (95 % interval of the change: ${changeBounds(change, outcome)}${unit}${sure})`
}

function winSentence(run: RunData): string[] {
  const { win } = outcomesOf(run.settings)
  const course = courseOf(run, win)
  if (!course) return []
  const where =
    course.prompts === undefined
      ? 'On prompts it learns from'
      : `On ${counted(course.prompts, 'held-out prompt')}`
  return [`${where}, the probability that its responses beat their anchors ${wentFrom(win, course)}.`]
}

function goldenSentence(run: RunData): string[] {
  const { golden, reward } = outcomesOf(run.settings)
  const course = courseOf(run, golden)
  const learned = courseOf(run, reward)
  if (!course) return []
  const isHacked = learned !== undefined && learned.to > learned.from && course.to < course.from
  const hacked = isHacked
    ? ' The learned reward rose meanwhile: it does not stand for the golden one any more.'
    : ''
  return [`The golden reward, which nothing is learned from, ${wentFrom(golden, course)}.${hacked}`]
}

/** The largest divergence, and the last. */
function klSentence(run: RunData): string[] {
  const { kl } = outcomesOf(run.settings)
  const records = recordsOf(run, 'policy')
  const names = [...kl.evaluated, ...kl.learned]
  const values = records.flatMap((record) => numberAt(record, names) ?? [])
  const last = courseOf(run, kl)?.to ?? values.at(-1)
  if (last === undefined) return []
  const most = Math.max(last, ...values)
  const peak = most > 1.05 * last ? `, after at most ${formatDecimal(most, 2)}` : ''
  return [`Its divergence from the reference is ${formatDecimal(last, 2)} nats a response at last${peak}.`]
}

/** What accuracies are of. */
function heldOutText({ results }: RunData): string {
  const count = heldOutPairs(results)
  return count === undefined ? 'held-out comparisons' : counted(count, 'held-out comparison')
}

/** The last number of that name that a stage has logged, as a share. */
function lastShare(run: RunData, stage: string, name: string): string | undefined {
  const value = seriesOf(recordsOf(run, stage), name).at(-1)?.value
  return value === undefined ? undefined : outcomeText(value, { percent: true })
}

/** By how much oftener where the better response is shown first; nothing of what sees one response at a time. */
function gapText(run: RunData, stage: string, accuracy: string): string {
  const gap = seriesOf(recordsOf(run, stage), `${accuracy}/gap`).at(-1)?.value
  if (gap === undefined) return ''
  return `, with a position gap of ${outcomeText(gap, { percent: true })} (first less second)`
}

/** How well comparisons that are held out are decided by what learned from the others. */
export function accuracySentences(run: RunData): string[] {
  const accuracies = Object.entries(heldOutAccuracies).flatMap(([stage, name]) => {
    const accuracy = lastShare(run, stage, name)
    if (accuracy === undefined) return []
    const gap = gapText(run, stage, name)
    return [`${stageTitle(stage)}: ${accuracy} of ${heldOutText(run)} decided as they are labelled${gap}.`]
  })
  return [...accuracies, ...readableSentence(run), ...agreementSentence(run)]
}

/** How much of what a trained judge says can be read: what it decides, it decides by that alone. */
function readableSentence({ results }: RunData): string[] {
  const stage = 'judge'
  const readable = results.find((result) => result.stage === stage)?.summary.readable
  if (typeof readable !== 'number') return []
  return [
    `${stageTitle(stage)}: ${outcomeText(readable, { percent: true })} of its judgements could be read over its last steps.`,
  ]
}

/** How well scores that are distilled stand for what they are distilled from; nobody has labelled these pairs. */
function agreementSentence(run: RunData): string[] {
  const stage = 'distilled_scores'
  const agreement = lastShare(run, stage, 'eval_agreement')
  if (agreement === undefined) return []
  return [
    `${stageTitle(stage)}: ${agreement} of pairs of responses to held-out prompts and their anchors ordered as the reward model orders them.`,
  ]
}

function alertSentence({ alerts }: RunData): string {
  if (alerts.length === 0) return 'Monitors saw nothing to worry about.'
  const critical = alerts.filter(({ severity }) => severity === 'critical').length
  const kinds = [...new Set(alerts.map(({ monitor }) => monitor.replaceAll('-', ' ')))]
  const bad = critical > 0 ? `, ${formatCount(critical)} of them critical` : ''
  return `Monitors raised ${counted(alerts.length, 'alert')}${bad}: ${listed(kinds)}. They are told below.`
}

function unfinishedSentence(run: RunData): string[] {
  const stage = unfinishedStage(run)
  if (stage === undefined) return []
  const step = recordsOf(run, stage).at(-1)?.step
  const where = step === undefined ? 'has made no step' : `is at step ${step}`
  return [`The run is not finished: ${stageTitle(stage).toLowerCase()} ${where}.`]
}

/** What a run came to, in plain sentences written from its numbers. */
export function runSummary(run: RunData): string[] {
  return [
    ...unfinishedSentence(run),
    whatSentence(run),
    ...winSentence(run),
    ...goldenSentence(run),
    ...klSentence(run),
    ...accuracySentences(run),
    alertSentence(run),
  ]
}
