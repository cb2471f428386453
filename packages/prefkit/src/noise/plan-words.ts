import { basename } from 'node:path'
import type { NeededLabels, PlanCurve } from './plan-results'
import type { PlanRun } from './run-plan'

const rounded = (count: number): string => {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return (Math.round(count / digits) * digits).toLocaleString('en')
}

const texts: Readonly<Record<NeededLabels['how'], (labels: number) => string>> = {
  'at-most': (labels) => `≤ ${labels.toLocaleString('en')}`,
  between: rounded,
  repeated: (labels) => `${rounded(labels)} repeated`,
}

/** Labels for the target as simulated, to two digits, or the most that were tried. */
export const simulatedText = ({ neededBySimulation: needed, points }: PlanCurve): string =>
  needed ? texts[needed.how](needed.labels) : `> ${(points.at(-1)?.labels ?? 0).toLocaleString('en')}`

/** Labels for the target by theory; after a ~ where so few labels are wrong that it means little. */
export const theoryText = ({ neededByTheory: needed }: PlanCurve): string =>
  needed ? `${needed.isAsymptotic ? '' : '~'}${texts[needed.how](needed.labels)}` : 'not on these pairs'

/** How texts of labels by theory are to be read. */
export const theoryNote =
  '“repeated”: the same pairs labelled again and again, as theory goes beyond the simulated numbers; new pairs ' +
  'would do with fewer. “not on these pairs”: however often they are labelled.'

const share = (value: number): string => `${(100 * value).toFixed(1)} %`

/** What is told of designs that came out worse with more labels, a sentence each. */
export const dipSentences = ({ curves, config }: Pick<PlanRun, 'curves' | 'config'>): string[] =>
  curves.flatMap(({ design, errorRate, dip }) => {
    if (!dip) return []
    const { before, after } = dip
    return [
      `${design} at ${share(errorRate)} wrong falls from ${share(before.accuracy.mean)} with ` +
        `${before.labels.toLocaleString('en')} labels to ${share(after.accuracy.mean)} with ` +
        `${after.labels.toLocaleString('en')}: while right and wrong labels can nearly be separated, the fit is decided ` +
        `by its prior (--alpha ${config.alpha}: variance ${Number((1 / (2 * config.alpha)).toPrecision(3))}).`,
    ]
  })

/** What order accuracy is of. */
export const accuracyNote =
  'Order accuracy is on pairs of the responses that are learned from, some of them labelled ones; prompts that were ' +
  'held out are not in it.'

const betweenPrompts = (deviation: number): string =>
  `prompts ${deviation} standard deviation${deviation === 1 ? '' : 's'} apart`

/** What was planned with, in a sentence. */
export function populationSentence(
  { prompts, responses, allPrompts, features }: PlanRun['population'],
  { files, population, repeats, annotators }: PlanRun['config'],
): string {
  const size = `${responses.toLocaleString('en')} responses to ${prompts.toLocaleString('en')} prompts`
  const { utilities, between } = population
  const first = prompts < allPrompts ? ` (the first of ${allPrompts.toLocaleString('en')})` : ''
  const origin =
    files.length > 0
      ? `${size} of ${files.map((file) => basename(file)).join(', ')}${first}`
      : `${size}, ${utilities} utilities, ${betweenPrompts(between)}`
  const fit =
    features === undefined
      ? 'each response has a reward of its own'
      : `rewards are linear in ${features} features`
  const crowd = annotators === 1 ? 'one annotator' : `${annotators.toLocaleString('en')} annotators`
  return `${origin}; ${fit}; ${crowd}; means of ${repeats} simulation${repeats === 1 ? '' : 's'}.`
}
