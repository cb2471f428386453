import { pageHtml } from '../page-html'
import { environmentSection } from '../sections/environment-section'
import { type RunData, stageNames, stageTitle } from './run-data'
import { runSummary } from './run-summary'
import { alertSection } from './sections/alert-section'
import { hackingSection } from './sections/hacking-section'
import { histogramSection } from './sections/histogram-section'
import { resultSection } from './sections/result-section'
import { sampleSection } from './sections/sample-section'
import { stageId, stageSection } from './sections/stage-section'
import { timingSection } from './sections/timing-section'

/** What a report says beside what the run has left. */
export interface RunReportOptions {
  /** Commands that make the run again. Default: with the configuration that is shown. */
  readonly commands?: readonly string[]
}

const links: Readonly<Record<string, string>> = {
  results: 'Results',
  alerts: 'Alerts',
  hacking: 'Golden reward',
  histograms: 'Rewards',
  samples: 'Samples',
  timings: 'Time',
  environment: 'Run it again',
}

/** Of evaluations the results are made. */
const curveStages = (run: RunData): string[] => stageNames(run).filter((stage) => stage !== 'evaluation')

const environment = (run: RunData, { commands }: RunReportOptions): string =>
  environmentSection({
    title: run.name,
    environment: {
      facts: run.facts,
      commands: [
        ...(commands ?? [
          '# config.json: the whole configuration, as it is below',
          'prefkit run config.json',
        ]),
      ],
    },
    config: run.settings,
  })

/**
 * One self-contained page about a run of several stages: what it came to in words, curves of each stage, the learned reward beside the
 * golden one, responses over time compared with their anchors, alerts, times, and how to run it again. It loads nothing and runs no
 * script; texts are escaped.
 */
export function runReport(run: RunData, options: RunReportOptions = {}): string {
  const policyFirst = curveStages(run).toSorted((a, b) => Number(b === 'policy') - Number(a === 'policy'))
  const stages = policyFirst.map((stage) => ({ stage, markup: stageSection(run, stage) }))
  const sections = [
    resultSection(run),
    alertSection(run),
    hackingSection(run),
    histogramSection(run),
    sampleSection(run),
    ...stages.map(({ markup }) => markup),
    timingSection(run),
    environment(run, options),
  ]
  const names = {
    ...links,
    ...Object.fromEntries(stages.map(({ stage }) => [stageId(stage), stageTitle(stage)])),
  }
  const shown = sections.flatMap((section) => {
    const id = /^<section id="([\w-]+)">/.exec(section)?.[1]
    const name = id === undefined ? undefined : names[id]
    return id === undefined || name === undefined ? [] : [{ id, name }]
  })
  return pageHtml({
    title: `Run ${run.name}`,
    subtitle: stageNames(run).map(stageTitle).join(' → '),
    summary: runSummary(run),
    links: shown,
    sections,
  })
}
