import { escapeHtml } from '../../escape-html'
import { formatCount, formatDecimal, formatPercent } from '../../format-number'
import { figureGrid, sectionHtml, tableHtml } from '../../html-parts'
import { pageHtml } from '../../page-html'
import { environmentSection } from '../../sections/environment-section'
import { inText } from '../draw-curves'
import { outcomesOf } from '../outcomes'
import type { RunData } from '../run-data'
import { settingText } from '../run-settings'
import { ablationPlots } from './ablation-plots'
import { comparedRuns } from './compared-runs'
import { type FinalNumber, finalNumbers } from './final-numbers'
import { type ComparedCurve, groupCurvesFigure, hasCurves } from './group-curves'
import { comparedSettings, differingSettings, groupRuns, type RunGroup } from './run-groups'
import { type SeedMean, seedMean } from './seed-interval'

/** What a comparison says beside what the runs have left. */
export interface ComparisonOptions {
  /** Commands that make the page again. */
  readonly commands: readonly string[]
}

const numberText = (value: number, { percent }: Pick<FinalNumber, 'percent'>): string =>
  percent ? formatPercent(value) : formatDecimal(value, 2)

const meanText = ({ mean, low, high, count }: SeedMean, number: FinalNumber): string => {
  const half = (high - low) / 2
  const spread = number.percent ? formatDecimal(100 * half, 1) : formatDecimal(half, 2)
  return count === 1 ? numberText(mean, number) : `${numberText(mean, number)} ± ${spread}`
}

const labelOf = (group: RunGroup): string => (group.label === '' ? 'all runs' : group.label)

const seedsOf = ({ runs }: RunGroup): string =>
  runs.map(({ settings }) => settingText(settings.seed)).join(', ')

/** What each group came to. */
function resultTable(groups: readonly RunGroup[]): string {
  const numbers: readonly FinalNumber[] = Object.values(finalNumbers)
  const measured = numbers.filter(({ of }) =>
    groups.some(({ runs }) => runs.some((run) => of(run) !== undefined)),
  )
  const columns = measured.map(({ name, meaning }) => ({
    ...{ heading: name, numeric: true },
    ...(meaning !== undefined && { title: meaning }),
  }))
  const rows = groups.map((group) => {
    const means = measured.map((number) => {
      const mean = seedMean(group.runs.map(number.of))
      return mean ? meanText(mean, number) : '–'
    })
    return { cells: [labelOf(group), formatCount(group.runs.length), ...means] }
  })
  return tableHtml([{ heading: 'Settings' }, { heading: 'Runs', numeric: true }, ...columns], rows)
}

/** The settings that are not the same everywhere: groups below each other, or side by side where these are fewer. */
function settingTable(groups: readonly RunGroup[], differing: readonly string[]): string {
  const cells = [
    ...differing.map((path) => [path, ...groups.map(({ settings }) => settingText(settings.get(path)))]),
    ['seeds', ...groups.map(seedsOf)],
  ]
  const across = [['Setting', ...groups.map(labelOf)], ...cells]
  const turned = across[0]!.map((_, i) => across.map((row) => row[i]!))
  const [head, ...rows] = groups.length > differing.length ? turned : across
  return tableHtml(
    head!.map((heading) => ({ heading })),
    rows.map((row) => ({ cells: row })),
  )
}

/** Curves of what runs are for, each where two groups have it. */
const curves: readonly ComparedCurve[] = [
  ...(['win', 'reward', 'golden', 'kl', 'length'] as const).map((key) => {
    const { name } = outcomesOf({})[key]
    return {
      title: name,
      label: inText(name),
      stage: 'policy',
      percent: key === 'win',
      names: ({ settings }: RunData) => {
        const { evaluated, learned } = outcomesOf(settings)[key]
        return [...learned, ...evaluated]
      },
      caption: '',
    }
  }),
  {
    title: 'Accuracy of the reward model',
    ...{ label: 'share of pairs', percent: true, stage: 'reward_model' },
    names: () => ['accuracy'],
    caption: 'On the pairs that it learns from, as it does.',
  },
  {
    title: 'Accuracy of the judge',
    ...{ label: 'share of pairs', percent: true, stage: 'judge' },
    names: () => ['rewards/accuracies'],
    caption: 'On the pairs that it learns from, as it does.',
  },
]

function summary(
  runs: readonly RunData[],
  groups: readonly RunGroup[],
  differing: readonly string[],
): string[] {
  const count = (many: number, thing: string) => `${formatCount(many)} ${thing}${many === 1 ? '' : 's'}`
  const apart =
    differing.length === 0
      ? 'They differ in nothing but their seeds.'
      : `They differ in ${count(differing.length, 'setting')}: ${differing.slice(0, 6).join(', ')}${differing.length > 6 ? ', …' : ''}.`
  return [
    `${count(runs.length, 'run')} in ${count(groups.length, 'group')} of equal settings. ${apart}`,
    ...bestSentence(groups),
  ]
}

/** Which group has most of what is meant, and whether the next one may have as much. */
function bestSentence(groups: readonly RunGroup[]): string[] {
  const { golden, win, accuracy, judgeAccuracy } = finalNumbers
  const meant: readonly FinalNumber[] = [golden, win, accuracy, judgeAccuracy]
  const number = meant.find(({ of }) => groups.every(({ runs }) => runs.some((run) => of(run) !== undefined)))
  if (!number || groups.length < 2) return []
  const means = groups.map((group) => ({ group, mean: seedMean(group.runs.map(number.of))! }))
  const [best, second] = means.toSorted((a, b) => b.mean.mean - a.mean.mean)
  const told = ({ group, mean }: (typeof means)[number]) => `${labelOf(group)} (${meanText(mean, number)})`
  const few = best!.mean.count === 1 || second!.mean.count === 1
  const overlap = second!.mean.high >= best!.mean.low
  const verdict = few
    ? 'one seed of each cannot tell whether by chance'
    : overlap
      ? 'their intervals overlap, so it may be chance'
      : 'their intervals do not overlap'
  return [`${number.name} is highest with ${told(best!)}, before ${told(second!)}; ${verdict}.`]
}

/**
 * One self-contained page that compares runs: what each group of equal settings came to over its seeds, the plots by which papers
 * compare such runs, curves on the same axes, and the settings that differ. Runs that are not finished are named and in no mean; runs of
 * the same settings and seed count once.
 */
export function comparisonReport(runs: readonly RunData[], { commands }: ComparisonOptions): string {
  const { finished, unfinished, notes } = comparedRuns(runs)
  // Those that are not finished have settings, but no numbers yet.
  const known = groupRuns([...finished, ...unfinished])
  const groups = known.flatMap((group) => {
    const own = group.runs.filter((run) => finished.includes(run))
    return own.length === 0 ? [] : [{ ...group, runs: own }]
  })
  const differing = differingSettings([...finished, ...unfinished].map(comparedSettings))
  const plots = ablationPlots.filter(({ applies }) => applies(finished))
  const drawn = curves.filter((curve) => hasCurves(groups, curve))
  const lead =
    'Means over seeds; ± is half of the 95 % interval (Student’s), which holds for independent runs.'
  const names = runs.map(({ path }) => `<li>${escapeHtml(path)}</li>`).join('')
  return pageHtml({
    title: `${formatCount(runs.length)} runs compared`,
    summary: [...summary(finished, groups, differing), ...notes],
    sections: [
      sectionHtml(
        'results',
        'What did they come to?',
        lead,
        groups.length === 0 ? [] : [resultTable(groups)],
      ),
      sectionHtml('plots', 'What made the difference?', '', [
        figureGrid(plots.map(({ figure }) => figure(finished))),
      ]),
      sectionHtml('curves', 'How did they get there?', '', [
        figureGrid(drawn.map((curve) => groupCurvesFigure(groups, curve))),
      ]),
      differing.length === 0
        ? ''
        : sectionHtml('settings', 'Where do they differ?', '', [settingTable(known, differing)]),
      sectionHtml('runs', 'Which runs are these?', '', [`<ul class="credits">${names}</ul>`]),
      environmentSection({ title: '', environment: { facts: {}, commands: [...commands] } }),
    ],
  })
}
