import { checkOptions, formatValue } from '../check-options'
import { taskFamilies } from '../families/task-families'
import type { TaskFamily } from '../families/task-family'
import type { ScoreFormat } from '../judge-format'
import { checkScale } from '../parsing/check-parse-options'
import { parsePointwise } from '../parsing/parse-pointwise'
import type { ScoreScale } from '../parsing/read-score'
import { checkRubrics } from '../rubric/parse-rubrics'
import { renderRubrics } from '../rubric/render-rubric'
import type { Rubric } from '../rubric/rubric'
import { RubricError } from '../rubric-error'
import { type TemplateWith, template } from '../templates/template'
import { checkFlag } from './check-choice'
import { FENCE_NOTE } from './fence-note'
import { formatName } from './format-name'
import type { FormatOptions } from './format-options'
import { checkFormat } from './render-prompt'
import { responsePrompt } from './response-prompt'

/** How many criteria the judge may write for a prompt and response: whole numbers, `max` at least 1 and `min`. */
export interface GeneratedCriteria {
  readonly min: number
  readonly max: number
}

/** Options of {@link pointwiseFormat}. */
export interface PointwiseFormatOptions extends FormatOptions {
  /** The kind of task: how the prompt names it, and its primary rubric. Default: `taskFamilies.chat`. */
  readonly family?: TaskFamily
  /** Criteria instead of the family's primary one. Those with a `check` are a function's, and not shown. */
  readonly rubrics?: readonly Rubric[]
  /** Whether the criteria that are known beforehand are shown. Default: true. */
  readonly primary?: boolean
  /** How many criteria the judge writes itself; false for none. Default: 1 to 3. */
  readonly generate?: GeneratedCriteria | false
  /** The ends of the scores. Default: 1 to 10. */
  readonly scale?: ScoreScale
  /** Whether each criterion that is shown gets a score too, on the same scale. Default: false. */
  readonly criterionScores?: boolean
  /** The prompt, with slots `prompt`, `response`, `steps`, and perhaps others. Default: `pointwiseTemplate`. */
  readonly template?: TemplateWith<
    'prompt' | 'response' | 'steps',
    'task' | 'rubrics' | 'scale' | 'reference' | 'fence'
  >
}

/** The prompt of `pointwiseFormat`. */
export const pointwiseTemplate = /* @__PURE__ */ template(`\
Judge one response to a prompt, by itself. Kind of task: {{task}}. ${FENCE_NOTE}

{{rubrics}}

{{prompt}}

{{reference}}

{{response}}

{{steps}}`)

function checkGenerate(generate: GeneratedCriteria | false): void {
  if (generate === false) return
  const given: Partial<GeneratedCriteria> | null = generate
  const { min, max } = given ?? {}
  if (Number.isInteger(min) && Number.isInteger(max) && min! >= 0 && max! >= Math.max(1, min!)) return
  const found = `generate is ${formatValue(min)} to ${formatValue(max)}`
  const message = `${found}; expected whole numbers, min of at least 0, max of at least 1 and min, or false`
  throw new RubricError('INVALID_OPTION', 'generate', message)
}

function checkFamily(family: TaskFamily): void {
  const given: Partial<TaskFamily> | null = family
  if (typeof given?.task === 'string' && given.task !== '' && given.primary !== undefined) return
  const message = `family is ${formatValue(given)}; expected an object of task and primary, such as taskFamilies.code`
  throw new RubricError('INVALID_OPTION', 'family', message)
}

/** What is to be told apart when the format is made; the same for every item. */
interface Plan {
  readonly rubrics: readonly Rubric[]
  readonly generate: GeneratedCriteria | false
  readonly scale: ScoreScale
  readonly scored: boolean
}

function checkPlan({ rubrics, generate, scale, scored }: Plan): void {
  if (rubrics.length === 0 && generate === false) {
    const message = 'primary and generate leave no criterion to a judge; expected one of them at least'
    throw new RubricError('INVALID_OPTION', 'generate', message)
  }
  const other = scored && rubrics.find((each) => each.scale.min !== scale.min || each.scale.max !== scale.max)
  if (!other) return
  const found = `criterionScores is true, and ${other.name} is from ${other.scale.min} to ${other.scale.max}`
  const message = `${found}; expected the scale of every rubric to be that of the format, ${scale.min} to ${scale.max}`
  throw new RubricError('INVALID_OPTION', 'criterionScores', message)
}

const amount = ({ min, max }: GeneratedCriteria): string =>
  min === max ? `exactly ${max}` : min === 0 ? `up to ${max}` : `${min} to ${max}`

/** What the judge is asked to write, in order, one paragraph a step. */
function stepsOf({ rubrics, generate, scale, scored }: Plan): string {
  const further = rubrics.length > 0 ? 'further criteria, which those above do not cover,' : 'criteria'
  const names = rubrics.map(({ name }) => name).join(', ')
  const steps = [
    generate !== false &&
      `Write ${amount(generate)} ${further} that tell a good response to this prompt from a poor one, and \
that this response can be held against. One a line, between tags:\n<rubrics>\n1. name: what to look \
at\n</rubrics>`,
    `Evaluate the response by each criterion, quoting what decides, between <evaluation> and \
</evaluation>. The criteria have no fixed weights: say which matter most for this prompt, and why.`,
    scored &&
      `Give each of these a score from ${scale.min} to ${scale.max}, on a line of its own, as "name: score": ${names}.`,
    `Give the response one score for all of it, a number from ${scale.min} to ${scale.max}, between answer \
tags, and write nothing after it: <answer>score</answer>`,
  ]
  const taken = steps.filter((step) => step !== false)
  return ['Work in these steps.', ...taken.map((step, i) => `${i + 1}. ${step}`)].join('\n')
}

const checkNames = (options: PointwiseFormatOptions): void =>
  checkOptions('pointwiseFormat', options, {
    name: true,
    system: true,
    reference: true,
    family: true,
    rubrics: true,
    primary: true,
    generate: true,
    scale: true,
    criterionScores: true,
    template: true,
  })

/**
 * PaTaRM's pointwise judge: the prompt names the task and its primary rubric, asks for 1 to 3 further criteria for this
 * prompt and response, then for an evaluation by all of them, without explicit weights, then for a score in
 * `<answer>` tags. `generate: false` and `primary: false` are the paper's ablations.
 *
 * The score is read after the evaluation; an output without the criteria or the evaluation is recovered at best, and says so
 * in `lacking`. The criteria that the judge wrote are the answer's `generated`.
 *
 * Throws `RubricError` for options, and for an item that is no response, or lacks a reference that is required.
 *
 * Source: 2510.24235. The order of its parts and the tag are the paper's; the words are ours.
 */
export function pointwiseFormat(options: PointwiseFormatOptions = {}): ScoreFormat {
  checkNames(options)
  const { family = taskFamilies.chat, primary = true } = options
  const { generate = { min: 1, max: 3 }, scale = { min: 1, max: 10 }, criterionScores = false } = options
  checkFamily(family)
  const { rubrics = [family.primary], template: shape = pointwiseTemplate } = options
  checkRubrics(rubrics)
  checkFlag('primary', primary)
  checkFlag('criterionScores', criterionScores)
  checkGenerate(generate)
  checkScale(scale)
  const shown = primary ? rubrics.filter(({ check }) => check === undefined) : []
  const needed = shown.length > 0 ? ['rubrics'] : []
  checkFormat(options, shape, ['prompt', 'response', 'steps', ...needed], ['task', 'rubrics', 'scale'])
  const plan: Plan = { rubrics: shown, generate, scale, scored: criterionScores && shown.length > 0 }
  checkPlan(plan)
  const own = {
    task: family.task,
    rubrics: shown.length === 0 ? '' : `Criteria:\n${renderRubrics(shown)}`,
    scale: `${scale.min} to ${scale.max}`,
    steps: stepsOf(plan),
  }
  const criteria = plan.scored ? shown.map(({ name }) => name) : []
  return {
    name: formatName('pointwise-1', options),
    scale: { min: scale.min, max: scale.max },
    render: (item) => responsePrompt(options, shape, own, item),
    parse: (text, _, context) =>
      parsePointwise(text, { tag: 'answer', scale, criteria, generate, ...context }),
  }
}
