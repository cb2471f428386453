import type { StepRecord } from '../step-record'

/** How bad it is: a `warning` is worth a look, at `critical` the run is most likely wasting its time. */
export type Severity = 'warning' | 'critical'

/** What a monitor has to say about a step. */
export interface Alert {
  /** The monitor's name, such as `kl-blow-up`. */
  readonly monitor: string
  readonly stage: string
  readonly step: number
  readonly severity: Severity
  /** In plain language: what was seen, with numbers; why it matters; what to try. */
  readonly message: string
}

/**
 * Looks at the records of a run so far, of all its stages. What it says of a step depends on the records up to that
 * step alone, so the alerts of a run are those of its beginning and more, and a resumed run has the same.
 *
 * @param options - Thresholds; those that are not given are at their defaults.
 */
export type Monitor<Options> = (records: readonly StepRecord[], options?: Partial<Options>) => Alert[]
