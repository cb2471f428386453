import type { Statistic } from '@prefkit/evals/benchmarks'
import type { Usage } from '@prefkit/judges'
import { leftOut } from '../judge/left-out'
import type { PairSummary } from '../judge/pair-summary'
import type { ResponseSummary } from '../judge/response-summary'
import type { RowCounts } from '../judge/row-counts'
import type { Share } from '../judge/share-of'
import { describeFaults } from './describe-reading'
import { counted, formatTable, percent, percentRange } from './format-table'

/** Most sources that are listed, the largest first. */
const shownSources = 20

const shown = ({ value, interval }: Pick<Share, 'value' | 'interval'>): string =>
  `${percent(value)} (95 %: ${percentRange(interval)})`

/** What calls used: `120 calls, 3 answers kept, 40,000 tokens, 0.12 spent`. */
export function describeUsage({ calls, cachedCalls, promptTokens, completionTokens, cost }: Usage): string {
  const tokens = promptTokens + completionTokens
  return [
    counted(calls, 'call'),
    ...(cachedCalls > 0 ? [`${counted(cachedCalls, 'answer')} kept from before`] : []),
    ...(tokens > 0 ? [counted(tokens, 'token')] : []),
    ...(cost === undefined ? [] : [`${cost.toFixed(4)} spent`]),
  ].join(', ')
}

/** What was read and is not judged, and what is wrong with bad rows; nothing where that is nothing. */
export function describeRows(rows: RowCounts): string[] {
  const left = leftOut(rows)
  if (left === '') return []
  const faults = rows.faults.map((message) => ({ message }))
  return [`${counted(rows.rows, 'row')}; left out: ${left}`, ...describeFaults(faults, rows.skipped)]
}

function verdictLine({ pairs, failed, verdicts: { a, b, tie, abstained } }: PairSummary): string {
  const others = [
    [tie, 'a tie'],
    [abstained, 'without an answer'],
    [failed, 'that could not be judged'],
  ] as const
  const rest = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`)
  return `${counted(pairs, 'pair')}: ${a} for a, ${b} for b${rest.join('')}`
}

function readingLines({ readings: { asked, answered, parses }, provenance }: PairSummary): string[] {
  const bases = Object.entries(provenance).map(([name, count]) => `${name} ${count}`)
  const unread = asked - answered
  const amiss = parses.recovered + parses.ambiguous + parses.missing
  return [
    `rests on: ${bases.join(', ')}`,
    ...(amiss > 0
      ? [
          `${counted(asked, 'answer')}: ${parses.exact} as asked for, ${parses.recovered} read all the same, ${parses.ambiguous} that contradict themselves, ${parses.missing} without a verdict`,
        ]
      : unread > 0
        ? [`${counted(unread, 'reading')} of ${asked} without an answer`]
        : []),
  ]
}

const estimated = ({ value, interval }: Statistic): string =>
  value === null ? '' : `${percent(value)}${interval ? ` (95 %: ${percentRange(interval)})` : ''}`

/** What is known of the judge itself; nothing where it was asked in one order, or without labels. */
function qualityLines({ accuracy, quality, labelledTies }: PairSummary): string[] {
  if (!quality) return []
  const { front, back, gap, firstChosen } = quality.position
  const { consistent, pairs } = quality.consistency.orders
  const kappa = quality.chanceCorrected.labels.cohenKappa
  const beyond = kappa.value === null ? '' : `, κ ${kappa.value.toFixed(2)}`
  const isOrdered = pairs > 0
  return [
    ...(accuracy ? [`agrees with the data: ${shown(accuracy)} of ${accuracy.trials}${beyond}`] : []),
    ...(labelledTies > 0 && quality.labels
      ? [
          `${counted(labelledTies, 'pair')} labelled a tie; a tie being a verdict like others, it agrees with ${estimated(quality.labels.agreement)}`,
        ]
      : []),
    ...(isOrdered ? [`both orders say the same: ${estimated(consistent)}`] : []),
    ...(isOrdered && gap.value !== null
      ? [
          `better response shown first: ${estimated({ ...front, interval: null })} right, second: ${estimated({ ...back, interval: null })}; gap ${(100 * gap.value).toFixed(1)} points`,
        ]
      : []),
    ...(isOrdered && firstChosen.value !== null
      ? [`prefers the one shown first: ${estimated(firstChosen)}`]
      : []),
  ]
}

function sourceTable({ sources }: PairSummary): string[] {
  if (!sources) return []
  const rows = sources
    .toSorted((a, b) => b.accuracy.trials - a.accuracy.trials)
    .slice(0, shownSources)
    .map(({ source, accuracy: { value, trials, interval } }) => [
      source || '(none)',
      `${trials}`,
      percent(value),
      percentRange(interval),
    ])
  const more = sources.length > shownSources ? [`… and ${sources.length - shownSources} more, in --json`] : []
  return ['', formatTable([['source', 'pairs', 'agrees', '95 %'], ...rows]), ...more]
}

/** What a judge said of pairs, in a few lines. */
export const describePairs = (summary: PairSummary): string =>
  [
    verdictLine(summary),
    ...qualityLines(summary),
    ...readingLines(summary),
    describeUsage(summary.usage),
    ...sourceTable(summary),
  ].join('\n')

const decimal = (value: number): string => value.toFixed(2)

/** What a judge said of responses, in a few lines. */
export function describeResponses({ rows, responses, failed, unread, ...summary }: ResponseSummary): string {
  const { scores, accuracy, parses, usage } = summary
  const others = [
    [unread, 'without a score that could be read'],
    [failed, 'that could not be judged'],
  ] as const
  const rest = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`)
  const { recovered = 0, ambiguous = 0, missing = 0, exact = 0 } = parses
  const amiss = recovered + ambiguous + missing
  return [
    `${counted(responses, 'response')} of ${counted(rows, 'row')}${rest.join('')}`,
    ...(scores
      ? [`mean score ${decimal(scores.mean)}, from ${decimal(scores.min)} to ${decimal(scores.max)}`]
      : []),
    ...(accuracy
      ? [
          `chosen response scores higher: ${shown(accuracy)} of ${accuracy.trials}, ${counted(accuracy.ties, 'tie')}; mean margin ${decimal(accuracy.margin)}`,
        ]
      : []),
    ...(amiss > 0
      ? [
          `answers: ${exact} as asked for, ${recovered} read all the same, ${ambiguous} that contradict themselves, ${missing} without a score`,
        ]
      : []),
    describeUsage(usage),
  ].join('\n')
}
