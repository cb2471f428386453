import type { StepRecord } from '../step-record'

/** How a run ended. A run that is to go on later was `killed`. */
export type RunOutcome = 'finished' | 'failed' | 'killed'

/** Numbers of a step whose distribution is worth a look, such as the rewards of its responses, by name. */
export interface StepDistributions {
  readonly stage: string
  readonly step: number
  readonly values: Readonly<Record<string, readonly number[]>>
}

/**
 * Shows a run elsewhere than in `metrics.jsonl`, which stays the truth: a logger is told what is in that file
 * already, and may lose some of it. To be called in this order: `keep` when the run goes on from a checkpoint; then
 * `log` and `distributions` as it goes; `close`.
 *
 * A checkpoint lies between two steps: what is told after `keep` belongs to steps after the last one kept of its
 * stage.
 */
export interface Logger {
  /**
   * The run goes on from a checkpoint: these are all records of `metrics.jsonl` up to it, and whatever this logger
   * was told after them by a session that was killed will come again.
   */
  keep(records: readonly StepRecord[]): Promise<void>
  /** Records that were appended to `metrics.jsonl`, in order. */
  log(records: readonly StepRecord[]): Promise<void>
  /** Distributions of a step; a logger that has no place for them does nothing. */
  distributions(distributions: StepDistributions): Promise<void>
  /** Ends this session of the run. Default: `finished`. */
  close(outcome?: RunOutcome): Promise<void>
}

/** Several loggers as one: all are told at the same time; the first error is thrown, once all have come to an end. */
export function joinLoggers(loggers: readonly Logger[]): Logger {
  const all = async (tell: (logger: Logger) => Promise<void>): Promise<void> => {
    const told = await Promise.allSettled(loggers.map(tell))
    const failed = told.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }
  return {
    keep: (records) => all((logger) => logger.keep(records)),
    log: (records) => all((logger) => logger.log(records)),
    distributions: (distributions) => all((logger) => logger.distributions(distributions)),
    close: (outcome) => all((logger) => logger.close(outcome)),
  }
}
