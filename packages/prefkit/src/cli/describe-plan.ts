import type { PlanCurve, PlanPoint } from '../noise/plan-results'
import { designTitle, populationSentence, simulatedText, theoryText } from '../noise/plan-words'
import type { PlanRun } from '../noise/run-plan'
import { formatTable, percent } from './format-table'

const share = (value: number): string => (100 * value).toFixed(1)

const cell = ({ accuracy, predicted, isAsymptotic }: PlanPoint): string =>
  `${share(accuracy.mean)} / ${isAsymptotic ? '' : '~'}${share(predicted)}`

function designTable(curves: readonly PlanCurve[], config: PlanRun['config']): string {
  const counts = config.labels.map((labels) => `${labels}`)
  const rows = curves.map(({ errorRate, designErrorRate, points }) => {
    const byLabels = new Map(points.map((point) => [point.labels, point]))
    const cells = config.labels.map((labels) => {
      const point = byLabels.get(labels)
      return point ? cell(point) : '–'
    })
    return [percent(errorRate), percent(designErrorRate), ...cells]
  })
  return formatTable([['wrong', 'in design', ...counts], ...rows])
}

function neededTable(curves: readonly PlanCurve[], config: PlanRun['config']): string {
  const rows = curves.map((curve) => [
    designTitle(curve.design),
    percent(curve.errorRate),
    curve.worth === null ? '–' : curve.worth.toFixed(2),
    simulatedText(curve, config),
    theoryText(curve, config),
  ])
  return formatTable([['design', 'wrong', 'worth', 'simulated', 'theory'], ...rows])
}

/** A plan in two kinds of tables: quality by labels for each design, and labels for the target. */
export function describePlan({ run, config, curves, population }: PlanRun): string {
  const byDesign = [...Map.groupBy(curves, ({ design }) => design)]
  return [
    populationSentence(population, config),
    '',
    'Order accuracy in percent by number of labels, simulated / by theory (~ few labels are wrong: it means little):',
    ...byDesign.flatMap(([design, own]) => ['', designTitle(design), designTable(own, config)]),
    '',
    `Labels for an order accuracy of ${percent(config.targetQuality)}; worth: one label in labels of ${percent(Math.min(...config.errorRates))} wrong:`,
    '',
    neededTable(curves, config),
    '',
    `metrics: ${run.metricsPath}`,
    `report:  ${run.reportPath}`,
  ].join('\n')
}
