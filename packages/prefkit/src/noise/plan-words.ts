import type { DesignName } from './design-names'
import type { PlanConfig } from './plan-config'
import { isAsymptotic, type PlanCurve } from './plan-results'
import type { PlanRun } from './run-plan'

/** What a design is called among words. */
export const designTitle = (design: DesignName): string => design

const rounded = (count: number): string => {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return (Math.round(count / digits) * digits).toLocaleString('en')
}

const atMost = (needed: number, { labels }: PlanConfig): string =>
  needed <= labels[0]! ? `≤ ${labels[0]!.toLocaleString('en')}` : rounded(needed)

/** Labels for the target as simulated, to two digits, or the most that were tried. */
export const simulatedText = ({ neededBySimulation, points }: PlanCurve, config: PlanConfig): string =>
  neededBySimulation === null
    ? `> ${(points.at(-1)?.labels ?? 0).toLocaleString('en')}`
    : atMost(neededBySimulation, config)

/** Labels for the target by theory; after a ~ where so few labels are wrong that it means little. */
export function theoryText(curve: PlanCurve, config: PlanConfig): string {
  const { neededByTheory } = curve
  if (neededByTheory === null) return 'never'
  const isMeaningful = neededByTheory <= config.labels[0]! || isAsymptotic(neededByTheory, curve)
  return `${isMeaningful ? '' : '~'}${atMost(neededByTheory, config)}`
}

/** What was planned with, in a sentence. */
export function populationSentence(
  { prompts, responses, allPrompts, features }: PlanRun['population'],
  { files, population, seeds }: PlanConfig,
): string {
  const size = `${responses.toLocaleString('en')} responses to ${prompts.toLocaleString('en')} prompts`
  const { utilities, between } = population
  const origin =
    files.length > 0
      ? `${size} of ${files.join(', ')}${prompts < allPrompts ? ` (the first of ${allPrompts.toLocaleString('en')})` : ''}`
      : `${size}, ${utilities} utilities, prompts ${between} standard deviations apart`
  const fit =
    features === undefined
      ? 'each response has a reward of its own'
      : `rewards are linear in ${features} features`
  return `${origin}; ${fit}; means of ${seeds} simulation${seeds === 1 ? '' : 's'}.`
}
