import type { Alert } from '../../../loop/monitors/monitor'
import { escapeHtml } from '../../escape-html'
import { formatCount } from '../../format-number'
import { sectionHtml } from '../../html-parts'
import { type RunData, stageTitle } from '../run-data'

/** Alerts that are shown, at most. */
const shownAlerts = 30

const alertHtml = ({ monitor, stage, step, severity, message }: Alert): string =>
  `<p class="alert${severity === 'critical' ? ' critical' : ''}"><strong>${escapeHtml(
    `${severity === 'critical' ? 'Critical' : 'Warning'}: ${monitor.replaceAll('-', ' ')}, step ${step} of ${stageTitle(stage).toLowerCase()}`,
  )}</strong>${escapeHtml(message)}</p>`

/** What monitors said, critical alerts first; nothing without any. */
export function alertSection({ alerts }: Pick<RunData, 'alerts'>): string {
  const isCritical = ({ severity }: Alert) => severity === 'critical'
  const sorted = [...alerts.filter(isCritical), ...alerts.filter((alert) => !isCritical(alert))]
  const rest = sorted.length - shownAlerts
  const cut = rest > 0 ? `<p>${formatCount(rest)} more are in alerts.jsonl.</p>` : ''
  return sectionHtml('alerts', 'What did the monitors see?', '', [
    ...sorted.slice(0, shownAlerts).map(alertHtml),
    cut,
  ])
}
