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
 * Is given the records of a run one after the other, and says what there is to say of each. It keeps windows and sums of those before,
 * not the records, so that the thousandth step costs what the first does.
 */
export type Watch = (record: StepRecord) => readonly Alert[]

/**
 * Begins to watch a run, of all its stages. What is said of a step depends on the records up to that step alone, so the alerts of a run
 * are those of its beginning and more, and a resumed run has the same.
 *
 * @param options - Thresholds; those that are not given are at their defaults.
 */
export type Monitor<Options> = (options?: Partial<Options>) => Watch
