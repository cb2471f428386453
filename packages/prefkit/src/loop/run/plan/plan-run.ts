import type { RunConfig } from '../config/run-config'
import { runStages } from '../run-stages'
import { sayingSettings } from '../setting-words'
import type { Speeds } from './measure-speeds'
import { type RunFacts, runFacts } from './run-facts'
import { stageMemory } from './stage-memory'
import { type StageWork, stageWork } from './stage-work'

/** What a stage will take. */
export interface StagePlan extends StageWork {
  readonly stage: string
  /** Bytes that the process takes at its peak. */
  readonly memory: number
  /** Undefined without speeds. */
  readonly seconds?: number
}

/** A run before it is made. */
export interface RunPlan {
  readonly facts: RunFacts
  readonly stages: readonly StagePlan[]
  /** Bytes, of the stage that takes most. */
  readonly memory: number
  readonly seconds?: number
}

/** Each part takes as long as its tokens, and what was not compiled before. */
function secondsOf({ drawn, scored, learnt }: StageWork, { load, compile, ...speeds }: Speeds): number {
  const part = (tokens: number, speed: number, compiling: number): number =>
    tokens === 0 ? 0 : tokens / speed + compiling
  return (
    load +
    part(drawn, speeds.draw, compile.draw) +
    part(scored, speeds.score, compile.score) +
    part(learnt, speeds.learn, compile.learn)
  )
}

/**
 * What a run will do, and take.
 * @param measure tells speeds: without, no times are reckoned.
 * @throws what reading the run's files throws.
 */
export async function planRun(
  config: RunConfig,
  measure?: (config: RunConfig, facts: RunFacts) => Promise<Speeds>,
): Promise<RunPlan> {
  const facts = await sayingSettings(() => runFacts(config))
  const speeds = await measure?.(config, facts)
  const stages = runStages(config).map(({ name }): StagePlan => {
    const work = stageWork(name, config, facts)
    const memory = stageMemory(name, work, config, facts)
    return { stage: name, ...work, memory, ...(speeds && { seconds: secondsOf(work, speeds) }) }
  })
  const memory = stages.reduce((most, stage) => Math.max(most, stage.memory), 0)
  const seconds = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0)
  return { facts, stages, memory, ...(speeds && { seconds }) }
}
