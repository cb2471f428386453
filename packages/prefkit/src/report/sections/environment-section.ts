import { escapeHtml } from '../escape-html'
import { sectionHtml } from '../html-parts'
import type { RewardReportData } from '../report-data'

/** What ran where, the commands that run it again, and the whole configuration. */
export function environmentSection({ environment, config }: RewardReportData): string {
  const facts = Object.entries(environment?.facts ?? {})
  const list = facts.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(String(value))}</dd></div>`,
  )
  const commands = environment?.commands ?? []
  return sectionHtml('environment', 'How to run it again', '', [
    list.length > 0 ? `<dl>${list.join('')}</dl>` : '',
    commands.length > 0 ? `<pre tabindex="0">${escapeHtml(commands.join('\n'))}</pre>` : '',
    config === undefined
      ? ''
      : `<details><summary>The whole configuration</summary><pre tabindex="0">${escapeHtml(JSON.stringify(config, null, 2))}</pre></details>`,
  ])
}
