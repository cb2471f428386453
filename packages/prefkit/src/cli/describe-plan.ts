import type { PlanCurve, PlanPoint } from '../noise/plan-results'
import {
  accuracyNote,
  dipSentences,
  populationSentence,
  simulatedText,
  theoryNote,
  theoryText,
} from '../noise/plan-words'
import type { PlanRun } from '../noise/run-plan'
import { formatTable, percent } from './format-table'

const share = (value: number): string => (100 * value).toFixed(1)

const plusMinus = (standardError: number): string =>
  Number.isFinite(standardError) ? ` ±${share(standardError)}` : ''

const cell = ({ accuracy, predicted, isAsymptotic }: PlanPoint): string =>
  `${share(accuracy.mean)}${plusMinus(accuracy.standardError)} / ${isAsymptotic ? '' : '~'}${share(predicted)}`

function designTable(curves: readonly PlanCurve[], config: PlanRun['config']): string {
  const counts = config.budgets.map((labels) => `${labels}`)
  const rows = curves.map(({ errorRate, designErrorRate, points }) => {
    const byLabels = new Map(points.map((point) => [point.labels, point]))
    const cells = config.budgets.map((labels) => {
      const point = byLabels.get(labels)
      return point ? cell(point) : '–'
    })
    return [percent(errorRate), percent(designErrorRate), ...cells]
  })
  return formatTable([['wrong', 'in design', ...counts], ...rows])
}

function neededTable(curves: readonly PlanCurve[]): string {
  const rows = curves.map((curve) => [
    curve.design,
    percent(curve.errorRate),
    curve.worth === null ? '–' : curve.worth.toFixed(2),
    simulatedText(curve),
    theoryText(curve),
  ])
  return formatTable([['design', 'wrong', 'worth', 'simulated', 'theory'], ...rows])
}

/** A plan in two kinds of tables: quality by labels for each design, and labels for the target. */
export function describePlan(plan: PlanRun): string {
  const { run, config, curves, population } = plan
  const byDesign = [...Map.groupBy(curves, ({ design }) => design)]
  return [
    populationSentence(population, config),
    '',
    'Order accuracy in percent by number of labels, simulated ± its standard error / by theory (~ few labels are wrong:',
    'it means little):',
    ...byDesign.flatMap(([design, own]) => ['', design, designTable(own, config)]),
    '',
    `Labels for an order accuracy of ${percent(config.targetAccuracy)}; worth: one label in labels of ${percent(Math.min(...config.errorRates))} wrong:`,
    '',
    neededTable(curves),
    '',
    ...dipSentences(plan),
    theoryNote,
    accuracyNote,
    '',
    `metrics: ${run.metricsPath}`,
    `report:  ${run.reportPath}`,
  ].join('\n')
}
