import type { RunData } from '../run-data'
import { type FinalNumber, finalNumbers } from './final-numbers'
import { frontierFigure, hasFrontier } from './frontier-figure'
import { type ComparedCurve, groupCurvesFigure, hasCurves } from './group-curves'
import { groupRuns, type RunGroup } from './run-groups'
import { hasSweep, type Sweep, sweepFigure } from './sweep-figure'

/** A plot of a paper, for runs that it fits. */
export interface AblationPlot {
  /** Names it in the page. */
  readonly id: string
  readonly applies: (runs: readonly RunData[]) => boolean
  /** Of runs that it applies to. */
  readonly figure: (runs: readonly RunData[]) => string
}

/** Numbers of which the first that runs have is drawn. */
interface SweepPlan extends Omit<Sweep, 'numbers'> {
  readonly id: string
  readonly choices: readonly (readonly FinalNumber[])[]
}

function sweepPlot({ id, choices, ...plan }: SweepPlan): AblationPlot {
  const chosen = (runs: readonly RunData[]): Sweep | undefined =>
    choices.map((numbers) => ({ ...plan, numbers })).find((sweep) => hasSweep(runs, sweep))
  return {
    id,
    applies: (runs) => chosen(runs) !== undefined,
    figure: (runs) => {
      const sweep = chosen(runs)
      return sweep ? sweepFigure(runs, sweep) : ''
    },
  }
}

const { golden, goldenWins, win, front, back, gap, accuracy, judgeAccuracy } = finalNumbers

const margins: ComparedCurve = {
  title: 'Margin over steps',
  label: 'score of the chosen less the rejected',
  stage: 'judge',
  names: () => ['eval_rewards/margins', 'rewards/margins'],
  caption:
    'How far the judge’s scores of the chosen and the rejected response are apart. A graded f pays for greater distances, a constant one does not (2510.24235).',
}

/** How a judge is rewarded for distances. */
const isGrading = (path: string): boolean => /^judge\.(f|grades)(\.|$)/.test(path)

const differsInGrading = (groups: readonly RunGroup[]): boolean => {
  const rewards = groups.map(({ settings }) =>
    JSON.stringify([...settings].filter(([path]) => isGrading(path))),
  )
  return new Set(rewards).size > 1
}

/** The plots that papers compare such runs by; each says whether it fits, from what differs and what was measured. */
export const ablationPlots: readonly AblationPlot[] = [
  sweepPlot({
    ...{ id: 'anchors', title: 'Anchors: the best of n', setting: 'anchors.n', label: 'n' },
    choices: [[goldenWins], [golden], [win]],
    caption:
      'What the policy came to by how many responses its anchors are the best of (2504.04950). Win probabilities of different n are against different anchors.',
  }),
  sweepPlot({
    id: 'position',
    title: 'Position bias by ζ',
    ...{ setting: 'rewardModel.consistencyWeight', label: 'ζ, weight of consistency' },
    choices: [[front, back], [gap]],
    caption:
      'Accuracy on held-out pairs with the chosen response shown first and second; apart is biased (2504.04950).',
  }),
  {
    id: 'frontier',
    applies: (runs) => hasFrontier(groupRuns(runs)),
    figure: (runs) => frontierFigure(groupRuns(runs)),
  },
  {
    id: 'margins',
    applies: (runs) => {
      const groups = groupRuns(runs)
      return differsInGrading(groups) && hasCurves(groups, margins)
    },
    figure: (runs) => groupCurvesFigure(groupRuns(runs), margins),
  },
  sweepPlot({
    id: 'noise',
    title: 'Accuracy by label noise',
    ...{ setting: 'comparisons.flip', label: 'share of labels turned around' },
    choices: [[accuracy], [judgeAccuracy], [golden]],
    caption: 'How much is left when labels are wrong (2510.24235).',
  }),
]
