import { escapeHtml } from '../../../report/escape-html'
import { sectionHtml } from '../../../report/html-parts'
import { type RunData, recordsOf, stageAtWork, stageNames, stageTitle } from '../../../report/loop/run-data'
import { settingAt } from '../../../report/loop/run-settings'
import { runSummary } from '../../../report/loop/run-summary'
import { alertSection } from '../../../report/loop/sections/alert-section'
import { hackingSection } from '../../../report/loop/sections/hacking-section'
import { sampleSection } from '../../../report/loop/sections/sample-section'
import { stageSection } from '../../../report/loop/sections/stage-section'
import { timingSection } from '../../../report/loop/sections/timing-section'

/** How far a stage is; `total` where it is known. */
interface StageProgress {
  readonly stage: string
  readonly done: number
  readonly total?: number | undefined
  readonly isDone: boolean
}

/** What a live page knows beside the files of the run. */
export interface LiveNews {
  /** Steps of stages in all, as the driver tells them. */
  readonly totals: ReadonlyMap<string, number>
  /** What went wrong without stopping the run. */
  readonly warnings: readonly string[]
}

/** How far the stages of a run are, as far as its files and the driver say. */
function progressOf(run: RunData, { totals }: Pick<LiveNews, 'totals'>): StageProgress[] {
  const planned = settingAt(run.settings, 'policy.steps')
  const done = new Set(run.results.map(({ stage }) => stage))
  return stageNames(run).map((stage) => {
    const last = recordsOf(run, stage).at(-1)?.step ?? 0
    const known =
      totals.get(stage) ?? (stage === 'policy' && typeof planned === 'number' ? planned : undefined)
    return { stage, done: last, total: done.has(stage) ? last : known, isDone: done.has(stage) }
  })
}

function progressHtml({ stage, done, total, isDone }: StageProgress): string {
  // Without a value the bar says that nobody knows how long it takes.
  const value = isDone ? 'value="1"' : total === undefined ? '' : `max="${total}" value="${done}"`
  const words = isDone ? `done, ${done} steps` : `step ${done}${total === undefined ? '' : ` of ${total}`}`
  return `<span>${escapeHtml(stageTitle(stage))}</span><progress ${value}></progress><span>${words}</span>`
}

const warningHtml = (message: string): string => `<p class="alert">${escapeHtml(message)}</p>`

/** Parts of a live page by the id of the element that holds them: markup in which all texts are escaped. */
export function pageParts(run: RunData, news: LiveNews): Record<string, string> {
  const progress = progressOf(run, news)
  const current = stageAtWork(run) ?? (stageNames(run).includes('policy') ? 'policy' : stageNames(run).at(-1))
  const words = runSummary(run).map((text) => `<p>${escapeHtml(text)}</p>`)
  return {
    summary: `<div class="summary">${words.join('')}</div>`,
    progress: sectionHtml('progress-section', 'How far is it?', '', [
      progress.length === 0
        ? '<p>Nothing was logged yet.</p>'
        : `<div class="progress">${progress.map(progressHtml).join('')}</div>`,
      ...news.warnings.map(warningHtml),
    ]),
    alerts: alertSection(run),
    curves: current === undefined || current === 'evaluation' ? '' : stageSection(run, current),
    hacking: hackingSection(run),
    samples: sampleSection(run, true),
    timings: timingSection(run),
  }
}

/** The ids of the parts, in the order of the page. */
export const partNames = ['summary', 'progress', 'alerts', 'curves', 'hacking', 'samples', 'timings'] as const
