import type { SampleRow } from '../../loop/run/driver/run-event'
import type { StepRecord } from '../../loop/step-record'
import { type RunData, recordsOf } from './run-data'
import { numberNames } from './step-series'

/** What the policy came to on prompts that it does not learn from, at some time of the run. */
export interface Evaluation {
  /** `before training`, or `step 20`. */
  readonly label: string
  /** Steps of the policy that were made. */
  readonly step: number
  readonly record: StepRecord
  readonly samples: readonly SampleRow[]
}

const heldOutOf = ({ samples }: RunData, { stage, step }: StepRecord): SampleRow[] =>
  samples.filter((row) => row.split === 'held-out' && row.stage === stage && row.step === step)

/**
 * The evaluations of a run in the order of the policy's steps: before training, those while it learned, and after it where the last step was
 * not evaluated anyway. All are of the same prompts and random numbers.
 */
export function evaluationsOf(run: RunData): Evaluation[] {
  const evaluation = (record: StepRecord, step: number): Evaluation => ({
    ...{ record, step, samples: heldOutOf(run, record) },
    label: step === 0 ? 'before training' : `step ${step}`,
  })
  const policy = recordsOf(run, 'policy')
  const last = policy.at(-1)?.step ?? 0
  const during = policy
    .filter((record) => numberNames([record]).some((name) => name.startsWith('eval_')))
    .map((record) => evaluation(record, record.step))
  const [before, after] = recordsOf(run, 'evaluation')
  return [
    ...(before ? [evaluation(before, 0)] : []),
    ...during,
    ...(after && during.at(-1)?.step !== last ? [evaluation(after, last)] : []),
  ]
}
