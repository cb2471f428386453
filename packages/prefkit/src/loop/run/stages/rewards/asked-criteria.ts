import { pointwiseFormat, type Rubric, type ScoreFormat, taskFamilies } from '@prefkit/rubrics'
import { readRubrics } from '../../../../judge/ask-model'
import { PrefkitError } from '../../../../prefkit-error'
import type { RewardConfig } from '../../config/sections/rewards'

type RubricConfig = Extract<RewardConfig, { type: 'rubric' }>

/** What a judge is asked about responses, and how its answers are weighed. */
export interface AskedCriteria {
  readonly format: ScoreFormat
  /** Those that are scored one by one; none where the judge writes them all. */
  readonly rubrics: readonly Rubric[]
  readonly scale: ScoreFormat['scale']
  readonly overallWeight: number
}

const refuse = (name: string, problem: string): never => {
  throw new PrefkitError('INVALID_CONFIG', `${name}: ${problem}`)
}

/** The scale of criteria that say none, as that of the families. */
const usual = { min: 1, max: 10 }

/** The criteria that a reward names: its own, those of a file, or the primary rubric of its family. */
async function namedCriteria({ criteria, rubrics, family }: RubricConfig): Promise<readonly Rubric[]> {
  if (criteria && rubrics !== undefined) {
    refuse('criteria', 'stand beside a file of rubrics: expected one of the two')
  }
  if (criteria) return criteria.map((each) => ({ ...each, scale: usual }))
  return rubrics === undefined ? [taskFamilies[family].primary] : readRubrics(rubrics)
}

/** One prompt asks for all scores, so that they have one scale. */
function scaleOf(rubrics: readonly Rubric[]): ScoreFormat['scale'] {
  const [first] = rubrics
  if (!first) return usual
  const { min, max } = first.scale
  const other = rubrics.find(({ scale }) => scale.min !== min || scale.max !== max)
  if (!other) return { min, max }
  const { scale, name } = other
  return refuse(
    'rubrics',
    `expected one scale for all, got ${min} to ${max} for ${first.name}, and ${scale.min} to ${scale.max} for ${name}`,
  )
}

/** @throws PrefkitError `INVALID_CONFIG` for criteria that cannot be scored together; RubricError, as of a file of rubrics. */
export async function askedCriteria(config: RubricConfig): Promise<AskedCriteria> {
  const { primary, generate, family, overallWeight = generate ? 1 : 0 } = config
  const named = await namedCriteria(config)
  if (!primary && !generate) {
    refuse('primary', 'without it the judge writes the criteria: expected generate, such as [1, 3], too')
  }
  if (!primary && (config.criteria || config.rubrics !== undefined)) {
    refuse('primary', 'shows none of the criteria that are given: leave out either')
  }
  const checked = named.find(({ check }) => check !== undefined)
  if (checked) {
    const problem = `${checked.name} has a check, which is a function: take type: function for what it verifies`
    refuse('rubrics', problem)
  }
  const rubrics = primary ? named : []
  const scale = scaleOf(rubrics)
  const [min, max] = generate ?? []
  const format = pointwiseFormat({
    ...{ family: taskFamilies[family], rubrics: named, primary, scale, criterionScores: true },
    generate: min === undefined || max === undefined ? false : { min, max },
  })
  return { format, rubrics, scale, overallWeight }
}
