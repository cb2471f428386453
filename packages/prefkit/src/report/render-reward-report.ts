import { pageHtml } from './page-html'
import { createContext } from './report-context'
import type { RewardReportData } from './report-data'
import { accuracySection } from './sections/accuracy-section'
import { bestOfNSection } from './sections/best-of-n-section'
import { datasetSection } from './sections/dataset-section'
import { environmentSection } from './sections/environment-section'
import { groupSection } from './sections/group-section'
import { learningSection } from './sections/learning-section'
import { lengthSection } from './sections/length-section'
import { marginSection } from './sections/margin-section'
import { mistakeSection } from './sections/mistake-section'
import { reliabilitySection } from './sections/reliability-section'
import { summarySentences } from './summary-sentences'

/** Short names of the sections for the line of links, by anchor. */
const LINKS: Readonly<Record<string, string>> = {
  models: 'Results',
  learning: 'Learning',
  calibration: 'Confidence',
  'best-of-n': 'Best of n',
  margins: 'Margins',
  groups: 'Groups',
  length: 'Length',
  mistakes: 'Mistakes',
  data: 'Data',
  environment: 'Run it again',
}

function sectionsOf(data: RewardReportData): string[] {
  const context = createContext(data)
  const sections = [
    accuracySection(data.models ?? [], context),
    learningSection(data.learningCurves ?? [], context),
    reliabilitySection(data.reliability ?? [], context),
    bestOfNSection(data.bestOfN ?? [], data.goldenName ?? 'golden score', context),
    marginSection(data.margins ?? [], context),
    groupSection(data.groupAccuracy ?? [], data.groupName ?? 'group', context),
    lengthSection(data.length ?? [], context),
    mistakeSection(data.mistakes ?? [], data.mayOffend ?? true, context),
    datasetSection(data.datasets ?? []),
    environmentSection(data),
  ]
  return sections.filter((section) => section !== '')
}

/**
 * One self-contained HTML page about a run of reward models: a summary in words, plots as static SVG, the worst
 * mistakes, and how to run it again.
 *
 * The page asks the network for nothing and runs no script (its content security policy forbids both), follows
 * the reader's light or dark setting, and prints. Equal data make an equal page. Texts are escaped; numbers that
 * are not finite are left out of plots and shown as a dash.
 */
export function renderRewardReport(data: RewardReportData): string {
  const { title, subtitle, createdAt: date, models = [], annotators } = data
  const sections = sectionsOf(data)
  const links = Object.entries(LINKS)
    .filter(([id]) => sections.some((section) => section.includes(`<section id="${id}">`)))
    .map(([id, name]) => ({ id, name }))
  return pageHtml({ title, subtitle, date, summary: summarySentences(models, annotators), links, sections })
}
