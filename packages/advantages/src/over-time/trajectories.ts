import { AdvantageError } from '../advantage-error'
import type { Flags, Matrix, Vector } from '../arrays'
import type { Names } from '../check-options'
import type { Convention } from '../conventions'
import { checkFinite, type Rows, readFlags, readMatrix, readMatrixLike, readVector } from '../rows'

/** Inputs of every estimator over time: rewards, and how the trajectories end. */
export interface Trajectories<M extends Matrix = Matrix> {
  /** r, `[B, T]`: the reward of each step. */
  rewards: M
  /** m, `[B, T]`: 1 for the steps of the policy, 0 for padding and for observations. Default: 1 everywhere. */
  mask?: Flags
  /** `[B]`: the value of the state after the last step, for trajectories that continue there. Default: 0. */
  bootstrapValues?: Vector
  /** `[B, T]`: 1 where an episode ended with that step; the next step starts another. Default: 0 everywhere. */
  terminated?: Flags
  /** `[B, T]`: 1 where a time limit cut off an episode after that step; `terminated` takes precedence. Default: 0. */
  truncated?: Flags
  /** `[B, T]`: the value of the state in which a time limit cut off an episode; required, and only read, with `truncated`. */
  truncationValues?: Matrix
}

/** The names of {@link Trajectories}. */
export const trajectoryNames: Names<Trajectories> = {
  rewards: true,
  mask: true,
  bootstrapValues: true,
  terminated: true,
  truncated: true,
  truncationValues: true,
}

/** {@link Trajectories}, read and checked. */
export interface Steps {
  readonly rows: Rows
  readonly rewards: Float64Array
  readonly mask: Uint8Array
  readonly bootstrapValues: Float64Array
  /** 1 where the step is the last one of its episode. */
  readonly ends: Uint8Array
  /** The value of the state after such a step. */
  readonly endValues: Float64Array
}

/**
 * Reads trajectories. Throws `SHAPE_MISMATCH`, `MISSING_INPUT`, `OUT_OF_RANGE` for flags, `NOT_FINITE` for a kept number.
 */
export function readTrajectories(input: Trajectories): Steps {
  const rows = readMatrix('rewards', input.rewards)
  const mask = readFlags('mask', input.mask, rows, 1)
  checkFinite('rewards', rows.data, { where: mask, starts: rows.starts })
  const count = rows.starts.length - 1
  const { bootstrapValues: bootstrap } = input
  const bootstrapValues =
    bootstrap === undefined ? new Float64Array(count) : readVector('bootstrapValues', bootstrap, count)
  checkFinite('bootstrapValues', bootstrapValues)
  return { rows, rewards: rows.data, mask, bootstrapValues, ...readEnds(input, rows, mask) }
}

function readEnds(input: Trajectories, rows: Rows, mask: Uint8Array): Pick<Steps, 'ends' | 'endValues'> {
  const terminated = readFlags('terminated', input.terminated, rows, 0)
  const none = input.truncated === undefined
  if (none !== (input.truncationValues === undefined)) {
    const [given, missing] = none ? ['truncationValues', 'truncated'] : ['truncated', 'truncationValues']
    const message = `${missing} is undefined; expected it, because ${given} is given`
    throw new AdvantageError('MISSING_INPUT', missing!, message)
  }
  // They are only read where an episode ends.
  const endValues = new Float64Array(none && input.terminated === undefined ? 0 : rows.data.length)
  if (input.truncated === undefined || input.truncationValues === undefined) {
    return { ends: terminated, endValues }
  }
  const ends = new Uint8Array(terminated)
  const truncated = readFlags('truncated', input.truncated, rows, 0)
  const values = readMatrixLike('truncationValues', input.truncationValues, rows)
  const read = truncated.map((flag, i) => flag & mask[i]! & (1 - ends[i]!))
  checkFinite('truncationValues', values, { where: read, starts: rows.starts })
  for (let i = 0; i < read.length; i++) {
    if (read[i] === 0) continue
    ends[i] = 1
    endValues[i] = values[i]!
  }
  return { ends, endValues }
}

/**
 * How a step with mask 0 is treated. `verl`: it is skipped, so that an observation between two steps of the policy costs no
 * discount. `openrlhf`: it takes time like any other step, with reward and value 0. Where the zeros are only at the ends of
 * the rows, as padding is, both give the same. (TRL's PPO has only such padding, so there is no `trl`.)
 *
 * `skyrl`: the step is read, and has a result of its own. Returns without values ({@link discountedReturns}) do not flow
 * back over it: the returns of the steps before it end there. Estimates with values treat it as any other step; the mask
 * only counts in {@link whiten}.
 */
export type MaskedTimeConvention = Convention<
  'discountedReturns' | 'generalizedAdvantageEstimation' | 'reinforcePlusPlusAdvantages' | 'tdLambdaReturns'
>

/** Whether masked steps take time, for each convention. */
export const maskedTimePasses: Readonly<Record<MaskedTimeConvention, boolean>> = {
  verl: false,
  openrlhf: true,
  // No step is masked, so there is none to skip.
  skyrl: false,
}

/** Reads trajectories of which every step counts, and their mask separately. Throws as {@link readTrajectories}. */
export function readUnmasked({ mask, ...input }: Trajectories): { steps: Steps; mask: Uint8Array } {
  const steps = readTrajectories(input)
  return { steps, mask: readFlags('mask', mask, steps.rows, 1) }
}
