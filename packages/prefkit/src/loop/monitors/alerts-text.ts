import type { Alert, Severity } from './monitor'

const heading: Readonly<Record<Severity, string>> = { critical: 'CRITICAL', warning: 'Warning' }

/** Words on lines of at most so many characters; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/**
 * Alerts as text for a terminal or a report: for each a line that says how bad it is, where and which monitor saw it,
 * and its message, indented and wrapped. Empty for none.
 *
 * @param width - Characters of a line, at most. Default: 100.
 */
export const alertsText = (alerts: readonly Alert[], width = 100): string =>
  alerts
    .map(({ severity, stage, step, monitor, message }) => {
      const first = `${heading[severity]}: ${monitor} at step ${step} of ${stage}`
      return [first, ...wrapped(message, width - 2).map((line) => `  ${line}`)].join('\n')
    })
    .join('\n')
