import { cpus } from 'node:os'
import { version } from '../version'
import { pageHtml } from './page-html'
import { environmentSection } from './sections/environment-section'

/** A page of a command. */
export interface CommandPage {
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
export function commandPage({
  title,
  subtitle,
  summary,
  sections,
  command,
  seed,
  config,
}: CommandPage): string {
  const environment = environmentSection({
    title,
    environment: { facts: facts(seed), commands: [command] },
    config,
  })
  return pageHtml({ title, subtitle, summary, sections: [...sections, environment] })
}
