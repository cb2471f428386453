import type { Rubric } from '@prefkit/rubrics'

/** Which rubrics a judge is shown. */
export type RubricArm = 'none' | 'primary only' | 'generated only' | 'both'

export const rubricArms: readonly RubricArm[] = ['none', 'primary only', 'generated only', 'both']

const scale = { min: 1, max: 10 }

/** That of the task: all stories are judged by it. */
export const primaryRubric: Rubric = {
  name: 'Warmth',
  description:
    'A warm story has happy, kind and loving things in it, and no sad or scary ones; it does not say the same words again.',
  scale,
}

/** One that is for a single prompt. */
export const generatedRubric = (name: string, description: string): Rubric => ({ name, description, scale })

/** Those that are shown, of the task's and of a prompt's own. */
export const shownRubrics = (arm: RubricArm, generated: readonly Rubric[]): readonly Rubric[] => [
  ...(arm === 'primary only' || arm === 'both' ? [primaryRubric] : []),
  ...(arm === 'generated only' || arm === 'both' ? generated : []),
]
