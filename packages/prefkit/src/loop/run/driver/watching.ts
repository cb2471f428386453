import { joinLoggers, type Logger, type RunOutcome, type StepDistributions } from '../../loggers/logger'
import type { StepRecord } from '../../step-record'

/** Loggers that cannot stop a run: `metrics.jsonl` has what they were told. */
export interface QuietLogger {
  keep(records: readonly StepRecord[]): Promise<void>
  step(record: StepRecord, distributions: StepDistributions | undefined): Promise<void>
  close(outcome: RunOutcome): Promise<void>
}

/** A logger that is told no more once something went wrong with it, but that it is over, so that it sends what it still has. */
function quietOne(logger: Logger, warn: (message: string) => void): Logger {
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
    keep: (records) => attempt(() => logger.keep(records)),
    log: (records) => attempt(() => logger.log(records)),
    distributions: (distributions) => attempt(() => logger.distributions(distributions)),
    // Where it failed before, that was said.
    close: (outcome) =>
      isBroken ? logger.close(outcome).catch(() => {}) : attempt(() => logger.close(outcome)),
  }
}

/**
 * Several loggers as one. One with which something goes wrong, such as a server that does not answer, is told no more, and the
 * others are; all are closed.
 * @param warn told of that, once of each.
 */
export function quietLogger(loggers: readonly Logger[], warn: (message: string) => void): QuietLogger {
  const all = joinLoggers(loggers.map((logger) => quietOne(logger, warn)))
  return {
    keep: (records) => all.keep(records),
    async step(record, distributions) {
      await all.log([record])
      if (distributions) await all.distributions(distributions)
    },
    close: (outcome) => all.close(outcome),
  }
}
