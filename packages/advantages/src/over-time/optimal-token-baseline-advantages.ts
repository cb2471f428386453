import { AdvantageError } from '../advantage-error'
import type { Matrix, MatrixLike } from '../arrays'
import { checkNames, checkPositive, choose } from '../check-options'
import { forEachGroup, type Groups, readGroups } from '../groups/groups'
import { checkFinite, matrixLike, type Rows, readMatrixLike } from '../rows'
import { rewardsToGo } from './rewards-to-go'
import { readTrajectories, type Trajectories } from './trajectories'

/** Inputs of {@link optimalTokenBaselineAdvantages}. */
export interface OptimalTokenBaselineInput<M extends Matrix = Matrix>
  extends Pick<Trajectories<M>, 'rewards' | 'mask'> {
  /** The groups of the rows: `[B]` labels, or a size. */
  groups: Groups
  /** log π of the tokens, `[B, T]`, 0 or less. */
  logprobs: Matrix
  /** Σπ², `[B, T]`, in [0, 1]: over the policy's probabilities of the whole vocabulary, at each token. */
  squaredProbabilitySums: Matrix
  /** ρ, `[B, T]`, 0 or more: truncated importance weights of the tokens. Default: 1 everywhere. */
  importanceWeights?: Matrix
}

/** Options of {@link optimalTokenBaselineAdvantages}. */
export interface OptimalTokenBaselineOptions {
  /**
   * Which tokens of a group share a baseline: those in the same `column`; or those with the same number of the policy's
   * tokens before them, `token`, which is the form for several turns, with observations in between. Default: `column`.
   */
  alignment?: 'column' | 'token'
  /** True applies no baseline to the longest row beyond the end of the second longest. Default: true. */
  zeroTail?: boolean
  /** ε > 0, added to the sum of weights. Default: 1e-8. */
  epsilon?: number
}

/** For each kept token, the slot in which it is compared with those of other rows. */
type Align = (rows: Rows, mask: Uint8Array) => Int32Array

const alignments: Readonly<Record<'column' | 'token', Align>> = {
  column: ({ starts }, mask) => {
    const slots = new Int32Array(mask.length)
    for (let row = 0; row < starts.length - 1; row++) {
      for (let i = starts[row]!; i < starts[row + 1]!; i++) slots[i] = i - starts[row]!
    }
    return slots
  },
  token: ({ starts }, mask) => {
    const slots = new Int32Array(mask.length)
    for (let row = 0; row < starts.length - 1; row++) {
      let kept = 0
      for (let i = starts[row]!; i < starts[row + 1]!; i++) {
        slots[i] = kept
        kept += mask[i]!
      }
    }
    return slots
  },
}

interface Tokens {
  readonly rows: Rows
  readonly mask: Uint8Array
  readonly slots: Int32Array
  /** G, the rewards-to-go. */
  readonly returns: Float64Array
  /** W, the sum of the weights so far. */
  readonly energies: Float64Array
}

/** Calls `visit` with each kept token of a row. */
function forEachToken({ rows, mask }: Tokens, row: number, visit: (i: number) => void): void {
  for (let i = rows.starts[row]!; i < rows.starts[row + 1]!; i++) if (mask[i] === 1) visit(i)
}

/** The longest row, and the slot from which on no other row has tokens: the length of the second longest. */
function tailOf(tokens: Tokens, members: Int32Array): { longest: number; from: number } {
  const lengths = Array.from(members, (row) => {
    let length = 0
    forEachToken(tokens, row, () => {
      length++
    })
    return length
  })
  const [first, second] = lengths.toSorted((a, b) => b - a)
  return { longest: first === second ? -1 : members[lengths.indexOf(first!)]!, from: second! }
}

/** B = ΣG·W/(ΣW + ε) at each slot of a group. */
function baselinesOf(tokens: Tokens, members: Int32Array, epsilon: number): Float64Array {
  const width = Math.max(
    ...Array.from(members, (row) => tokens.rows.starts[row + 1]! - tokens.rows.starts[row]!),
  )
  const [sums, weights] = [new Float64Array(width), new Float64Array(width)]
  for (const row of members) {
    forEachToken(tokens, row, (i) => {
      const slot = tokens.slots[i]!
      sums[slot]! += tokens.returns[i]! * tokens.energies[i]!
      weights[slot]! += tokens.energies[i]!
    })
  }
  return sums.map((sum, slot) => sum / (weights[slot]! + epsilon))
}

function subtractBaselines(
  tokens: Tokens,
  members: Int32Array,
  { zeroTail, epsilon, advantages }: { zeroTail: boolean; epsilon: number; advantages: Float64Array },
): void {
  const alone = members.length < 2
  const baselines = alone ? new Float64Array(0) : baselinesOf(tokens, members, epsilon)
  const { longest, from } = alone ? { longest: -1, from: 0 } : tailOf(tokens, members)
  for (const row of members) {
    const end = alone ? 0 : zeroTail && row === longest ? from : Number.POSITIVE_INFINITY
    forEachToken(tokens, row, (i) => {
      const slot = tokens.slots[i]!
      advantages[i] = tokens.returns[i]! - (slot < end ? baselines[slot]! : 0)
    })
  }
}

function readBounded(
  parameter: string,
  matrix: Matrix,
  { rows, mask }: Pick<Tokens, 'rows' | 'mask'>,
  [low, high]: readonly [number, number],
): Float64Array {
  const read = readMatrixLike(parameter, matrix, rows)
  checkFinite(parameter, read, { where: mask, starts: rows.starts })
  const at = read.findIndex((value, i) => mask[i] === 1 && (value < low || value > high))
  if (at === -1) return read
  const message = `${parameter} has ${read[at]} as number ${at}; expected numbers from ${low} to ${high}`
  throw new AdvantageError('OUT_OF_RANGE', parameter, message)
}

/** W at each kept token: Σ over the tokens up to it of ρ²·(1 − 2π + Σπ²). */
function energiesOf(input: OptimalTokenBaselineInput, kept: Pick<Tokens, 'rows' | 'mask'>): Float64Array {
  const logprobs = readBounded('logprobs', input.logprobs, kept, [Number.NEGATIVE_INFINITY, 0])
  const squares = readBounded('squaredProbabilitySums', input.squaredProbabilitySums, kept, [0, 1])
  const ratios =
    input.importanceWeights === undefined
      ? new Float64Array(logprobs.length).fill(1)
      : readBounded('importanceWeights', input.importanceWeights, kept, [0, Number.POSITIVE_INFINITY])
  const energies = new Float64Array(logprobs.length)
  const { starts } = kept.rows
  for (let row = 0; row < starts.length - 1; row++) {
    let sum = 0
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      if (kept.mask[i] === 0) continue
      sum += (1 - 2 * Math.exp(logprobs[i]!) + squares[i]!) * ratios[i]! ** 2
      energies[i] = sum
    }
  }
  return energies
}

/**
 * Advantages with the optimal token baseline: A_t = G_t − B_t with B_t = ΣG_t·W_t/(ΣW_t + ε) over the group, G_t
 * being the rewards-to-go and W_t = Σ_{s ≤ t} ρ²·(1 − 2π_s + Σπ²), which stands for the variance of the path so far.
 *
 * A group of one row has no baseline. Fully masked rows do not count, and are all zeros; verl, with `column`, counts them,
 * so that the only other row of such a group gets advantage 0 when `zeroTail` is false. In the form for several turns
 * (`alignment: 'token'`) tokens are compared that have the same number of the policy's tokens before them.
 *
 * Source: 2602.07078. Proven against verl 0.9.1 (`compute_optimal_token_baseline_advantage`,
 * `compute_multi_turn_optimal_token_baseline_advantage`).
 *
 * @returns `advantages` and `returns`, `[B, T]`, in the form of `rewards`; 0 where the mask is 0.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE`,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function optimalTokenBaselineAdvantages<M extends Matrix>(
  input: OptimalTokenBaselineInput<M>,
  options: OptimalTokenBaselineOptions = {},
): { advantages: MatrixLike<M>; returns: MatrixLike<M> } {
  const arrays = { rewards: true, mask: true, groups: true, logprobs: true } as const
  const names = { ...arrays, squaredProbabilitySums: true, importanceWeights: true } as const
  checkNames('optimalTokenBaselineAdvantages', input, names)
  checkNames('optimalTokenBaselineAdvantages', options, { alignment: true, zeroTail: true, epsilon: true })
  const { alignment = 'column', zeroTail = true, epsilon = 1e-8 } = options
  checkPositive('epsilon', epsilon)
  const align = choose('alignment', alignment, alignments)
  const { rewards } = input
  const steps = readTrajectories(input.mask === undefined ? { rewards } : { rewards, mask: input.mask })
  const { rows, mask } = steps
  const returns = rewardsToGo(steps)
  const tokens = { rows, mask, slots: align(rows, mask), returns, energies: energiesOf(input, steps) }
  const advantages = new Float64Array(mask.length)
  const hasTokens = (row: number) => mask.subarray(rows.starts[row], rows.starts[row + 1]).includes(1)
  forEachGroup(readGroups(input.groups, rows.starts.length - 1), (members) => {
    subtractBaselines(tokens, members.filter(hasTokens), { zeroTail, epsilon, advantages })
  })
  return {
    advantages: matrixLike(rewards, advantages, rows),
    returns: matrixLike(rewards, returns, rows),
  }
}
