import { promptText } from '@prefkit/datasets'
import { formatDecimal, formatPercent } from '../report/format-number'
import type { Disagreement, ShownReading } from '../report/sections/disagreement-section'
import type { ItemReading, ItemResult } from './item-result'
import type { BenchmarkItem, ItemLabel, TaskKind } from './open-benchmark'
import { pairOfItem } from './pair-of-item'
import type { PlannedBenchmark } from './plan-benchmark'

/** An item with what is right of it and what came of it. */
interface Judged {
  readonly item: BenchmarkItem
  readonly label: ItemLabel
  readonly result: ItemResult
}

/** What a judge makes of a pair whose right response it gives this probability. */
const opinionOf = (ofRight: number | undefined): Pick<Disagreement, 'opinion' | 'sureness'> =>
  ofRight === undefined
    ? { opinion: 'the judge has no answer', sureness: 0 }
    : { opinion: `the judge gives the better one ${formatPercent(ofRight)}`, sureness: 0.5 - ofRight }

/** Which of a pair's responses is right, and what the judge's letters mean then. */
const sidesOf = ({ item: { a, b }, label: { expected } }: Judged) =>
  expected === 'a' ? { chosen: a!, rejected: b! } : { chosen: b!, rejected: a! }

const saidOf = ({ result: { outcome } }: Judged) => (outcome as { verdict?: string } | null)?.verdict

/** P(the right response is better): by probability where the judge has one, else by verdict. */
function probabilityOfRight(judged: Judged): number | undefined {
  const byVerdict: Readonly<Record<string, number>> = { a: 1, b: 0, tie: 0.5 }
  const p = judged.result.winProbability ?? byVerdict[saidOf(judged) ?? '']
  return p === undefined || judged.label.expected === 'a' ? p : 1 - p
}

const headed = (prefix: string, { says, text }: ItemReading): ShownReading => ({
  heading: `${prefix}: ${says}`,
  text,
})

const pairReadings = (judged: Judged): ShownReading[] => {
  const order = judged.label.expected === 'a' ? 'a is the better one' : 'b is the better one'
  return judged.result.readings.map((reading) => headed(order, reading))
}

/** Both orders of a pair are one disagreement. */
function pairDisagreements(judged: readonly Judged[]): Shown[] {
  const labelled = judged.filter(({ label }) => label.expected === 'a' || label.expected === 'b')
  const groups = Map.groupBy(labelled, ({ item }) => pairOfItem(item.id).pair)
  return [...groups.values()].flatMap((group) => {
    if (group.every((each) => saidOf(each) === each.label.expected)) return []
    const known = group.map(probabilityOfRight).filter((p) => p !== undefined)
    return [
      {
        of: group[0]!,
        ...sidesOf(group[0]!),
        ...opinionOf(known.length === 0 ? undefined : known.reduce((sum, p) => sum + p, 0) / known.length),
        readings: group.flatMap(pairReadings),
      },
    ]
  })
}

const scoreOf = ({ result: { outcome } }: Judged): number =>
  (outcome as number | null) ?? Number.NEGATIVE_INFINITY

/** Scores have no common scale: the surest are those furthest apart. */
function opinionOfScores(right: unknown, wrong: unknown): Pick<Disagreement, 'opinion' | 'sureness'> {
  if (typeof right !== 'number' || typeof wrong !== 'number') {
    return { opinion: 'a response has no score', sureness: 0 }
  }
  const [of, against] = [formatDecimal(right), formatDecimal(wrong)]
  return { opinion: `the better one scores ${of}, the worse one ${against}`, sureness: wrong - right }
}

/** Of each row, the right response that scores least and the wrong one that scores most, where that is the wrong way. */
function scoreDisagreements(judged: readonly Judged[]): Shown[] {
  const rows = Map.groupBy(judged, ({ label }) => label.row)
  return [...rows.values()].flatMap((group) => {
    const byScore = group.toSorted((x, y) => scoreOf(x) - scoreOf(y))
    const right = byScore.find(({ label }) => label.expected === 1)
    const wrong = byScore.findLast(({ label }) => label.expected === 0)
    if (!right || !wrong || scoreOf(right) > scoreOf(wrong)) return []
    return [
      {
        of: right,
        chosen: right.item.response!,
        rejected: wrong.item.response!,
        ...opinionOfScores(right.result.outcome, wrong.result.outcome),
        readings: [
          ...right.result.readings.map((reading) => headed('the better one', reading)),
          ...wrong.result.readings.map((reading) => headed('the worse one', reading)),
        ],
      },
    ]
  })
}

function listDisagreements(judged: readonly Judged[]): Shown[] {
  return judged.flatMap((each) => {
    const { item, label, result } = each
    const responses = item.responses!
    const expected = Number(label.expected)
    const choice = result.outcome as number | null
    if (choice === expected) return []
    const other = choice ?? responses.findIndex((_, i) => i !== expected)
    return [
      {
        of: each,
        chosen: responses[expected]!,
        rejected: responses[other]!,
        ...(choice === null
          ? opinionOf(undefined)
          : { opinion: 'the judge names another as the best', sureness: 1 }),
        readings: result.readings.map((reading) => headed(`response ${expected + 1} is the best`, reading)),
      },
    ]
  })
}

/** A disagreement before it has the name of its row. */
interface Shown extends Omit<Disagreement, 'id' | 'prompt' | 'group'> {
  readonly of: Judged
}

const finders: Partial<Record<TaskKind, (judged: readonly Judged[]) => Shown[]>> = {
  pairs: pairDisagreements,
  responses: scoreDisagreements,
  lists: listDisagreements,
}

/** Where a judge and a benchmark's labels differ, for a report; nothing where the benchmark has no labels. */
export function findDisagreements(
  { kind, items, labels, rows }: PlannedBenchmark,
  results: readonly ItemResult[],
): Disagreement[] {
  const find = finders[kind]
  if (!find || !labels) return []
  const judged = items.map((item, i): Judged => ({ item, label: labels[i]!, result: results[i]! }))
  return find(judged).map(({ of: { item, label }, ...shown }) => ({
    id: `row ${rows[label.row]!.index + 1}`,
    group: label.group,
    prompt: promptText(item),
    ...shown,
  }))
}
