import * as Plot from '@observablehq/plot'
import { promptText, responseText } from '@prefkit/datasets'
import type { ScoreJudgement } from '@prefkit/judges'
import { commandPage } from '../report/command-page'
import { drawChart } from '../report/draw-chart'
import { formatBounds, formatCount, formatDecimal, formatPercent } from '../report/format-number'
import { figureGrid, figureHtml, sectionHtml } from '../report/html-parts'
import { type Disagreement, disagreementSection } from '../report/sections/disagreement-section'
import { commandOf, type JudgedRow, type JudgeResponsesRun } from './judge-responses'
import { leftOut } from './left-out'
import type { ResponseSummary } from './response-summary'
import { resumeCommand } from './resume-command'

const scoresOf = (rows: readonly JudgedRow[]): number[] =>
  rows.flatMap(({ outcomes }) => outcomes.flatMap(({ judgement }) => judgement?.score ?? []))

function scoreFigure(rows: readonly JudgedRow[]): string {
  const scores = scoresOf(rows).map((score) => ({ score }))
  if (scores.length < 2) return ''
  return figureHtml({
    title: 'Scores',
    chart: drawChart({
      description: 'Responses by score',
      x: { label: 'score' },
      y: { label: 'responses', grid: true },
      marks: [
        Plot.rectY(scores, {
          ...Plot.binX({ y: 'count' }, { x: 'score', thresholds: 20 }),
          fill: 'var(--series-1)',
        }),
      ],
    }),
    caption: 'A judge that gives nearly everything the same score tells responses apart badly.',
  })
}

const readingsOf = (what: string, judgement: ScoreJudgement) =>
  judgement.readings.map(({ text, score, reason = 'without a reason' }) => {
    const said = score === undefined ? `no score, ${reason}` : `score ${formatDecimal(score, 1)}`
    return { heading: `${what}: ${said}`, text }
  })

/** A comparison whose chosen response does not score higher. */
function disagreementOf({ id, row, outcomes }: JudgedRow): Disagreement[] {
  const [chosen, rejected] = outcomes.map(({ judgement }) => judgement)
  const isComparison = 'chosen_score' in row.values('score', [0, 0])
  if (!isComparison || chosen?.score === undefined || rejected?.score === undefined) return []
  const margin = chosen.score - rejected.score
  if (margin > 0) return []
  const [better, worse] = row.responses.map(responseText)
  return [
    {
      id,
      prompt: promptText(row),
      chosen: better!,
      rejected: worse!,
      opinion: `the judge's margin is ${formatDecimal(margin, 2)}`,
      sureness: -margin,
      readings: [...readingsOf('labelled better', chosen), ...readingsOf('labelled worse', rejected)],
    },
  ]
}

function sentences({ judge, read }: JudgeResponsesRun, summary: ResponseSummary): string[] {
  const { responses, unread, failed, scores, accuracy } = summary
  const silent = unread + failed
  return [
    `${judge} scored ${formatCount(responses)} responses${silent > 0 ? `, ${formatCount(silent)} of them without a score` : ''}.`,
    ...(leftOut(read) === '' ? [] : [`Left out: ${leftOut(read)}.`]),
    ...(scores
      ? [
          `Scores go from ${formatDecimal(scores.min, 1)} to ${formatDecimal(scores.max, 1)}, ${formatDecimal(scores.mean, 2)} on average.`,
        ]
      : []),
    ...(accuracy
      ? [
          `The response that the data prefers scores higher in ${formatPercent(accuracy.value)} of cases (${formatBounds(accuracy.interval)}), a tie counted half.`,
        ]
      : []),
  ]
}

/** What a judge said of responses, as a page: how its scores lie, and where they differ from the data. */
export function responseReport(result: JudgeResponsesRun, summary: ResponseSummary): string {
  const { config, judge, run, rows } = result
  return commandPage({
    title: 'Scored responses',
    subtitle: `${judge} on ${config.files.join(', ')}.`,
    summary: sentences(result, summary),
    sections: [
      sectionHtml('scores', 'What scores does it give?', '', [figureGrid([scoreFigure(rows)])]),
      disagreementSection(rows.flatMap(disagreementOf)),
    ],
    command: resumeCommand(commandOf(config), run),
    seed: config.judge.seed,
    config,
  })
}
