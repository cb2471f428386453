import { formatValue } from '../../check-input'
import { EvalsError } from '../../evals-error'
import type {
  ListOutcome,
  ListToJudge,
  OutcomeCounts,
  PairOutcome,
  PairVerdict,
  ScoreOutcome,
} from './benchmark'

const VERDICTS: readonly PairVerdict['verdict'][] = ['a', 'b', 'tie', 'abstained']

function refuse(index: number, value: unknown, expected: string): never {
  const shown = typeof value === 'object' && value !== null ? JSON.stringify(value) : formatValue(value)
  const message = `outcomes[${index}] is ${shown}; expected ${expected}`
  throw new EvalsError('INVALID_OUTCOME', `outcomes[${index}]`, message)
}

function checkCount(items: number, outcomes: readonly unknown[]): void {
  if (outcomes.length === items) return
  const message = `outcomes has ${outcomes.length} values for ${items} items; expected one each`
  throw new EvalsError('INVALID_OUTCOME', 'outcomes', message)
}

/** Throws `INVALID_OUTCOME` unless there is a verdict, or null, for each of `items`. */
export function checkPairOutcomes(items: number, outcomes: readonly PairOutcome[]): void {
  checkCount(items, outcomes)
  outcomes.forEach((outcome, index) => {
    if (outcome === null) return
    const verdict: unknown = outcome?.verdict
    if (!VERDICTS.some((known) => known === verdict)) {
      refuse(index, outcome, `a verdict a, b, tie or abstained, or null`)
    }
    const p = outcome.winProbability
    if (p !== undefined && !(p >= 0 && p <= 1)) refuse(index, outcome, 'a winProbability from 0 to 1')
  })
}

/** Throws `INVALID_OUTCOME` unless there is a finite score, or null, for each of `items`. */
export function checkScoreOutcomes(items: number, outcomes: readonly ScoreOutcome[]): void {
  checkCount(items, outcomes)
  outcomes.forEach((outcome, index) => {
    if (outcome !== null && !Number.isFinite(outcome)) refuse(index, outcome, 'a finite number, or null')
  })
}

/** Throws `INVALID_OUTCOME` unless there is an index into the responses, or null, for each of `items`. */
export function checkListOutcomes(items: readonly ListToJudge[], outcomes: readonly ListOutcome[]): void {
  checkCount(items.length, outcomes)
  outcomes.forEach((outcome, index) => {
    const size = items[index]!.responses.length
    if (outcome === null || (Number.isInteger(outcome) && outcome >= 0 && outcome < size)) return
    refuse(index, outcome, `a whole number from 0 to ${size - 1}, or null`)
  })
}

const countOf = <T>(values: readonly T[], test: (value: T) => boolean) => values.filter(test).length

/** Counts of verdicts. */
export const countVerdicts = (
  rows: number,
  outcomes: readonly PairOutcome[],
  skipped = 0,
): OutcomeCounts => ({
  rows,
  skipped,
  ties: countOf(outcomes, (outcome) => outcome?.verdict === 'tie'),
  abstained: countOf(outcomes, (outcome) => outcome?.verdict === 'abstained'),
  failed: countOf(outcomes, (outcome) => outcome === null),
})

/** Counts of scores or choices, of which `ties` were ties by the benchmark's rule. */
export const countScores = (
  rows: number,
  outcomes: readonly (number | null)[],
  ties: number,
  skipped = 0,
): OutcomeCounts => ({
  rows,
  skipped,
  ties,
  abstained: 0,
  failed: countOf(outcomes, (outcome) => outcome === null),
})
