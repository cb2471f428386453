import { cpus } from 'node:os'
import { escapeHtml } from '../report/escape-html'
import { REPORT_STYLE } from '../report/report-style'
import { environmentSection } from '../report/sections/environment-section'
import { version } from '../version'

/** A page of a noise command. */
export interface NoisePage {
  readonly title: string
  readonly subtitle: string
  /** Plain sentences that come first. */
  readonly summary: readonly string[]
  /** Sections as markup; empty ones are left out. */
  readonly sections: readonly string[]
  /** The command that makes it again. */
  readonly command: string
  readonly seed?: number
  readonly config?: unknown
}

const facts = (seed: number | undefined): Record<string, string | number> => ({
  prefkit: version,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  processor: cpus()[0]?.model ?? 'unknown',
  ...(seed !== undefined && { seed }),
})

/** One self-contained page in the style of the reports: it loads nothing and runs no script. */
export function noisePage({ title, subtitle, summary, sections, command, seed, config }: NoisePage): string {
  const environment = environmentSection({
    title,
    environment: { facts: facts(seed), commands: [command] },
    config,
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="subtitle">${escapeHtml(subtitle)}</p>
<div class="summary">${summary.map((text) => `<p>${escapeHtml(text)}</p>`).join('')}</div>
</header>
<main>
${[...sections, environment].filter((section) => section !== '').join('\n')}
</main>
<footer>Made by prefkit. This page is one file: it loads nothing and runs no script.</footer>
</body>
</html>
`
}
