import { expect, it } from 'vitest'
import type { AlgorithmState, AlgorithmStep } from '../../algorithms/algorithm'
import { goldenTies, mostlyTies } from './golden-ties'

async function* steps(resume?: AlgorithmState): AsyncGenerator<AlgorithmStep, void, void> {
  if (resume) expect(resume.data).toBe(`of ${resume.step}`)
  for (let step = (resume?.step ?? 0) + 1; step <= 3; step++) {
    const state = async () => ({ step, trainings: {}, data: `of ${step}` })
    yield { step, totalSteps: 3, metrics: { pairs: 6, 'golden/equal': step / 3 }, seconds: {}, state }
  }
}

it('counts the ties of all steps, also where they go on from a state', async () => {
  const whole = goldenTies()
  const states: AlgorithmState[] = []
  for await (const step of whole.watch(steps)) states.push(await step.state())
  expect(whole.count()).toBe(12)
  for (const state of states) {
    const resumed = goldenTies()
    for await (const _ of resumed.watch(steps, state));
    expect(resumed.count()).toBe(12)
  }
})

it('warns where more than half are ties', () => {
  expect(mostlyTies(4, 8)).toBeUndefined()
  expect(mostlyTies(5, 8)).toMatch(/^comparisons\.golden: 5 of 8 pairs have no difference/)
})
