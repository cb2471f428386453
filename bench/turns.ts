import { setTimeout as pause } from 'node:timers/promises'

/** How long to measure. */
export interface Effort {
  readonly rounds: number
  /** Seconds that a turn should take; a turn is at least one step. */
  readonly turnSeconds: number
}

/** What some steps came to, and the time they took together. */
export interface StepTimes {
  /** The loss before each step, or numbers of the last product. */
  readonly values: readonly number[]
  readonly seconds: number
}

/** What is timed, and does nothing unless it is asked for steps. */
export interface Contender {
  readonly name: string
  readonly description: string
  /** Takes steps to their end. */
  steps(count: number): Promise<StepTimes>
}

/** Rounds of one whose step takes many turns. */
const fewestRounds = 3

/** Threads that wait for work spin for a while: they must not take cores from the next. */
const settleMilliseconds = 100

/**
 * Seconds a step of each contender, round by round. A round is a turn of each, in alternating order: what disturbs the
 * machine for longer disturbs all. One whose step takes many turns leaves after three rounds, the last ones together.
 * @param units Steps that are taken together, by contender: a turn is a multiple of it. Default: 1.
 */
export async function timeInTurns(
  contenders: readonly Contender[],
  effort: Effort,
  units: readonly number[] = contenders.map(() => 1),
): Promise<number[][]> {
  const counts: number[] = []
  for (const [i, contender] of contenders.entries())
    counts.push(await stepsPerTurn(contender, units[i]!, effort))
  const taken: number[][] = contenders.map(() => [])
  // A step of many turns' length averages out by itself what rounds are for.
  const goesOn = (times: readonly number[]) =>
    times.length < fewestRounds || Math.max(...times) <= 5 * effort.turnSeconds
  for (let round = 0; round < effort.rounds; round++) {
    const active = [...contenders.keys()].filter((i) => goesOn(taken[i]!))
    if (round > 0 && active.length < Math.min(2, contenders.length)) break
    for (const i of round % 2 === 0 ? active : active.reverse()) {
      await pause(settleMilliseconds)
      taken[i]!.push((await contenders[i]!.steps(counts[i]!)).seconds / counts[i]!)
    }
  }
  return taken
}

/** The second estimate counts: by then what a runtime compiles as it goes has been compiled. */
async function stepsPerTurn(contender: Contender, unit: number, { turnSeconds }: Effort): Promise<number> {
  const estimate = async (steps: number) => {
    const { seconds } = await contender.steps(steps)
    return unit * Math.max(1, Math.round((turnSeconds * steps) / seconds / unit))
  }
  const rough = await estimate(1)
  return rough === 1 ? 1 : estimate(rough)
}
