import type { Cells } from './cells'

/** Where every pass leaves less than this share of the error, passes cost less than steps of Newton's. */
const FAST = 0.4
const PASSES = 25
/** So near the maximum one step of Newton's is the last: its error is about the square of what is left. */
const NEAR = 2e-7

/** One pass over worths π = e^θ: πᵢ ← Σⱼ wᵢⱼ πⱼ/(πᵢ + πⱼ) / Σⱼ wⱼᵢ/(πᵢ + πⱼ), w being wins with half of the ties. */
function pass({ first, second, wins, losses, ties }: Cells, worths: Float64Array): Float64Array {
  const won = new Float64Array(worths.length)
  const lost = new Float64Array(worths.length)
  for (let cell = 0; cell < first.length; cell++) {
    const i = first[cell]!
    const j = second[cell]!
    const a = worths[i]!
    const b = worths[j]!
    const each = 1 / (a + b)
    const up = (wins[cell]! + ties[cell]! / 2) * each
    const down = (losses[cell]! + ties[cell]! / 2) * each
    won[i]! += up * b
    lost[i]! += down
    won[j]! += down * a
    lost[j]! += up
  }
  return won.map((sum, player) => sum / lost[player]!)
}

/** Logarithms less their mean. */
function centredLogs(worths: Float64Array): Float64Array {
  const logs = worths.map(Math.log)
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  return logs.map((log) => log - mean)
}

/**
 * Strengths to start from, for Bradley–Terry without priors and covariates, under Ford's condition: Newman's iteration for
 * as long as it closes in fast. Where most of 200 players have met, a pass leaves a seventh of the error and costs a tenth
 * of a step of Newton's; where few have met it is given up after two, and Newton's method does the rest.
 *
 * Source: Newman, Efficient Computation of Rankings from Pairwise Comparisons (JMLR 24, 2023). Not exported by the package.
 */
export function newmanStart(cells: Cells, players: number): Float64Array {
  let worths: Float64Array = new Float64Array(players).fill(1)
  let logs: Float64Array = new Float64Array(players)
  let before = Number.POSITIVE_INFINITY
  for (let count = 0; count < PASSES; count++) {
    worths = pass(cells, worths)
    const next = centredLogs(worths)
    const change = next.reduce((most, log, i) => Math.max(most, Math.abs(log - logs[i]!)), 0)
    if (!Number.isFinite(change)) return logs
    logs = next
    const ratio = change / before
    // The first change has none before it to be compared with.
    if (count > 0 && (ratio > FAST || change * ratio <= NEAR * (1 - ratio))) break
    before = change
  }
  return logs
}
