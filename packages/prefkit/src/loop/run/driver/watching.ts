import { joinLoggers, type Logger, type RunOutcome, type StepDistributions } from '../../loggers/logger'
import type { StepRecord } from '../../step-record'

/** Loggers that cannot stop a run: `metrics.jsonl` has what they were told. */
export interface QuietLogger {
  keep(records: readonly StepRecord[]): Promise<void>
  step(record: StepRecord, distributions: StepDistributions | undefined): Promise<void>
  close(outcome: RunOutcome): Promise<void>
}

/**
 * Several loggers as one that is told no more once something went wrong with one of them, such as a server that does not answer.
 * @param warn told of that, once.
 */
export function quietLogger(loggers: readonly Logger[], warn: (message: string) => void): QuietLogger {
  const all = joinLoggers(loggers)
  let isBroken = false
  const attempt = async (tell: () => Promise<void>): Promise<void> => {
    if (isBroken) return
    try {
      await tell()
    } catch (error) {
      isBroken = true
      warn(`a logger failed, and is told no more; metrics.jsonl has all: ${(error as Error).message}`)
    }
  }
  return {
    keep: (records) => attempt(() => all.keep(records)),
    step: (record, distributions) =>
      attempt(async () => {
        await all.log([record])
        if (distributions) await all.distributions(distributions)
      }),
    close: (outcome) => attempt(() => all.close(outcome)),
  }
}
