import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Algorithm, AlgorithmState } from '../algorithms/algorithm'
import type { StepMetrics } from '../step-record'
import { type StoryModels, type StoryRun, storyModels, storyRuns } from './testing/story-runs'

/** Loss, norm of the gradient and divergence of each step, by the name of the run; made anew with PREFKIT_WRITE_TRAJECTORIES=1. */
const path = join(import.meta.dirname, '../goldens/trajectories.json')
const writes = process.env.PREFKIT_WRITE_TRAJECTORIES === '1'
const pinned: Record<string, StepMetrics[]> = writes ? {} : JSON.parse(readFileSync(path, 'utf8'))

const isPinned = (name: string): boolean =>
  /^(loss|loss\/policy_avg|loss\/value_avg|grad_norm|value\/grad_norm|kl|objective\/kl|reward)$/.test(name)

interface Run {
  readonly metrics: readonly StepMetrics[]
  /** After each step. */
  readonly states: readonly AlgorithmState[]
}

async function follow(algorithm: Algorithm, steps = 3): Promise<Run> {
  const [metrics, states]: [StepMetrics[], AlgorithmState[]] = [[], []]
  for await (const step of algorithm) {
    metrics.push(step.metrics)
    states.push(await step.state())
    if (step.step === steps) break
  }
  return { metrics, states }
}

/** Where models stand before anything was learnt. */
const beginningOf = async ({ policy, critic }: StoryModels): Promise<AlgorithmState> => ({
  step: 0,
  trainings: { policy: await policy.state(), critic: await critic.state(), model: await policy.state() },
})

const releaseAll = ({ policy, critic }: StoryModels) => Promise.all([policy.release(), critic.release()])

/** Before anything was learnt margins over the reference are 0, and which of them are above it is rounding. */
const isTied = (metrics: StepMetrics): boolean => Math.abs(metrics['rewards/margins']!) < 1e-5

/** To the rounding of f32 in sums of another order, and what an update makes of it. */
function expectNear(some: readonly StepMetrics[], all: readonly StepMetrics[], tolerance: number): void {
  for (const [i, own] of some.entries()) {
    expect(Object.keys(own)).toEqual(Object.keys(all[i]!))
    for (const [name, value] of Object.entries(own)) {
      const want = all[i]![name]!
      if (name === 'rewards/accuracies' && isTied(own)) continue
      const far = Math.abs(value - want)
      expect(far, `step ${i + 1}, ${name}: ${value}, ${want}`).toBeLessThan(tolerance * (1 + Math.abs(want)))
    }
  }
}

async function check(run: StoryRun): Promise<void> {
  const models = await storyModels(run)
  const begun = await beginningOf(models)
  const { metrics, states } = await follow(run.make(models, {}))
  const kept = metrics.map((step) =>
    Object.fromEntries(Object.entries(step).filter(([name]) => isPinned(name))),
  )
  if (writes) pinned[run.name] = kept
  // Other processors add up in other orders; what an update makes of that is within 1e-4, as against TRL.
  expectNear(kept, pinned[run.name]!, 1e-4)

  for (const resume of states.slice(0, -1)) {
    const rest = await follow(run.make(models, { resume }))
    expect(rest.metrics).toEqual(metrics.slice(resume.step))
  }
  const backwards = await follow(run.make(models, { resume: begun, backwards: true }), 1)
  expectNear(backwards.metrics, metrics, 1e-4)
  await releaseAll(models)

  const parted = await storyModels(run, { microBatchTokens: 80 })
  const { metrics: inParts } = await follow(run.make(parted, {}), 2)
  expectNear(inParts, metrics, 1e-4)
  await releaseAll(parted)
}

afterAll(() => {
  if (writes) writeFileSync(path, `${JSON.stringify(pinned, null, 1)}\n`)
})

describe('is what it was, the same when it goes on from a state, backwards, and in parts', () => {
  it.each(storyRuns.map((run) => [run.name, run] as const))('%s', (_, run) => check(run))
})
