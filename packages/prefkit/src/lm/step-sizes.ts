import {
  constantSchedule,
  joinSchedules,
  linearSchedule,
  type Schedule,
  type WarmupOptions,
  warmupCosine,
  warmupLinear,
} from '@prefkit/nn'

/** What is needed of how long a warm-up takes. */
type Ramp = Pick<WarmupOptions, 'peak' | 'warmupSteps' | 'totalSteps'>

/** Up to the peak, and on at it. */
function warmupConstant({ peak, warmupSteps }: Ramp): Schedule {
  if (warmupSteps === 0) return constantSchedule(peak)
  return joinSchedules(
    [linearSchedule({ from: 0, to: peak, steps: warmupSteps }), constantSchedule(peak)],
    [warmupSteps],
  )
}

const schedules = {
  constant: warmupConstant,
  linear: warmupLinear,
  cosine: warmupCosine,
} as const satisfies Record<string, (ramp: Ramp) => Schedule>

/** How the step size goes after its warm-up: as it is, or down to 0, on a line or on half a cosine. */
export type ScheduleName = keyof typeof schedules

/** What there is to choose from. */
export const scheduleNames = Object.keys(schedules) as readonly ScheduleName[]

/** How the step size changes. */
export interface StepSizeOptions {
  readonly learningRate: number
  readonly schedule: ScheduleName
  /** Share of the steps, rounded up, in which it rises from 0; in [0, 1). */
  readonly warmupRatio: number
}

/**
 * The step size at each step, counted from 0, as transformers has it for `lr_scheduler_type` and `warmup_ratio`: that of the first
 * step of a warm-up is 0.
 * @param totalSteps of the whole training.
 */
export function stepSizes(
  { learningRate, schedule, warmupRatio }: StepSizeOptions,
  totalSteps: number,
): (step: number) => number {
  // A schedule needs a step after its warm-up.
  const warmupSteps = Math.min(Math.ceil(warmupRatio * totalSteps), totalSteps - 1)
  const sizes = schedules[schedule]({ peak: learningRate, warmupSteps, totalSteps })
  return (step) => sizes(step)
}
