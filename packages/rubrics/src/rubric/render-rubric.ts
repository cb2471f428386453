import type { Rubric } from './rubric'

const indent = (text: string): string => text.replace(/\n/g, '\n  ')

/** A criterion as a judge reads it: its name and description, then what its scores mean, from worst to best. */
export function renderRubric({ name, description, scale }: Rubric): string {
  const anchors = [...(scale.anchors ?? [])].sort((a, b) => a.score - b.score)
  const meanings = anchors.map(({ score, meaning }) => `\n  ${score}: ${indent(meaning)}`)
  return `${name} (${scale.min} to ${scale.max}): ${indent(description)}${meanings.join('')}`
}

/** Criteria as a judge reads them: a list, one item a criterion. */
export const renderRubrics = (rubrics: readonly Rubric[]): string =>
  rubrics.map((rubric) => `- ${renderRubric(rubric)}`).join('\n')
