import { NoiseError } from '../noise-error'
import type { Cells } from './cells'
import type { Effort, Maximum } from './newton'
import type { TieModel } from './outcome-models'

/** Positive parameters: worth π = e^θ of each player, what being first multiplies it by, and how common ties are. */
interface State {
  worths: Float64Array
  order: number
  /** ν of Davidson, θ = e^η of Rao and Kupper, 0 where a tie is half a win each. */
  tie: number
}

/** What a cell's outcomes say of the worths a = order·π_first and b = π_second. */
interface Terms {
  /** Sum of exponents of a, and of b. */
  readonly a: number
  readonly b: number
  /** What minus the tangent of the log of the denominators multiplies a by, and b. */
  readonly slopeA: number
  readonly slopeB: number
  /** The same for the tie parameter. */
  readonly slopeTie: number
}

interface Algorithm {
  readonly terms: (a: number, b: number, tie: number, won: number, lost: number, tied: number) => Terms
  /** Best tie parameter, given the sum of ties and that of slopes. */
  readonly tie: (ties: number, slope: number) => number
}

/** −n log(a + b + ν√(ab)); √(ab) lies below (a√(b/a) + b√(a/b))/2 with the roots at the present a and b. */
const geometric: Algorithm = {
  terms: (a, b, tie, won, lost, tied) => {
    const each = (won + lost + tied) / (a + b + tie * Math.sqrt(a * b))
    return {
      a: won + tied / 2,
      b: lost + tied / 2,
      slopeA: each * (1 + (tie / 2) * Math.sqrt(b / a)),
      slopeB: each * (1 + (tie / 2) * Math.sqrt(a / b)),
      slopeTie: each * Math.sqrt(a * b),
    }
  },
  tie: (ties, slope) => ties / slope,
}

/** −(won + tied) log(a + θb) − (lost + tied) log(b + θa) + tied log(θ² − 1). */
const threshold: Algorithm = {
  terms: (a, b, tie, won, lost, tied) => {
    const first = (won + tied) / (a + tie * b)
    const second = (lost + tied) / (b + tie * a)
    return {
      a: won + tied,
      b: lost + tied,
      slopeA: first + tie * second,
      slopeB: tie * first + second,
      slopeTie: first * b + second * a,
    }
  },
  // The positive root of slope·θ² − 2·ties·θ − slope = 0.
  tie: (ties, slope) => (ties + Math.hypot(ties, slope)) / slope,
}

const algorithms: Readonly<Record<TieModel, Algorithm>> = {
  half: { ...geometric, tie: () => 0 },
  davidson: geometric,
  'rao-kupper': threshold,
}

function forEachTerms(cells: Cells, { worths, order, tie }: State, { terms }: Algorithm, visit: TermVisitor) {
  const { first, second, wins, losses, ties } = cells
  for (let cell = 0; cell < first.length; cell++) {
    const i = first[cell]!
    const j = second[cell]!
    visit(i, j, terms(order * worths[i]!, worths[j]!, tie, wins[cell]!, losses[cell]!, ties[cell]!))
  }
}

type TermVisitor = (first: number, second: number, terms: Terms) => void

/** Best worths for the minorising function, scaled to geometric mean 1. */
function updateWorths(cells: Cells, state: State, algorithm: Algorithm): void {
  const exponents = new Float64Array(state.worths.length)
  const slopes = new Float64Array(state.worths.length)
  forEachTerms(cells, state, algorithm, (i, j, { a, b, slopeA, slopeB }) => {
    exponents[i]! += a
    exponents[j]! += b
    slopes[i]! += slopeA * state.order
    slopes[j]! += slopeB
  })
  const logs = exponents.map((exponent, player) => Math.log(exponent / slopes[player]!))
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  state.worths = logs.map((log) => Math.exp(log - mean))
}

function updateOrder(cells: Cells, state: State, algorithm: Algorithm): void {
  let exponent = 0
  let slope = 0
  forEachTerms(cells, state, algorithm, (i, _j, { a, slopeA }) => {
    exponent += a
    slope += slopeA * state.worths[i]!
  })
  state.order = exponent / slope
}

function updateTie(cells: Cells, state: State, algorithm: Algorithm): void {
  const ties = cells.ties.reduce((sum, tied) => sum + tied, 0)
  let slope = 0
  forEachTerms(cells, state, algorithm, (_i, _j, terms) => {
    slope += terms.slopeTie
  })
  state.tie = algorithm.tie(ties, slope)
}

/** θ, then log order and log tie where they are estimated. */
const logsOf = ({ worths, order, tie }: State, withOrder: boolean): Float64Array =>
  Float64Array.from([...worths, ...(withOrder ? [order] : []), ...(tie > 0 ? [tie] : [])], Math.log)

const largestDifference = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!)), 0)

/**
 * Hunter's minorisation-maximisation: the logarithms of denominators are replaced by tangents, which leaves closed forms
 * for all worths at once, then for the order effect, then for ties. Each round raises the likelihood; the error shrinks by
 * the same share ρ each time, so that the last change times ρ/(1 − ρ) is what is left.
 *
 * @param start the tie parameter to start from: ν, or θ = e^η
 * @returns strengths with mean 0, then the logarithms of order effect and tie parameter where they are estimated; η for
 *   Rao and Kupper
 * @throws NoiseError `NOT_CONVERGED`.
 */
export function minoriseMaximise(
  cells: Cells,
  players: number,
  { ties, withOrder, start }: { ties: TieModel; withOrder: boolean; start: number },
  { tolerance, maxIterations }: Effort,
): Maximum {
  const algorithm = algorithms[ties]
  const state: State = { worths: new Float64Array(players).fill(1), order: 1, tie: start }
  let logs = logsOf(state, withOrder)
  let before = Number.POSITIVE_INFINITY
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    updateWorths(cells, state, algorithm)
    if (withOrder) updateOrder(cells, state, algorithm)
    if (ties !== 'half') updateTie(cells, state, algorithm)
    const next = logsOf(state, withOrder)
    const change = largestDifference(next, logs)
    logs = next
    const ratio = change / before
    // The first change has none before it to be compared with.
    if (change <= 1e-15 || (iterations > 1 && ratio < 1 && (change * ratio) / (1 - ratio) <= tolerance)) {
      return { parameters: logs, iterations }
    }
    before = change
  }
  const message = `maxIterations is ${maxIterations}; the last change was still ${before}, with tolerance ${tolerance}`
  throw new NoiseError('NOT_CONVERGED', 'maxIterations', message)
}
