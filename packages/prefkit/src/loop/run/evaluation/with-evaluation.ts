import type { Algorithm } from '../../algorithms/algorithm'
import type { StageStep } from '../driver/stage'
import type { PolicyEvaluated } from './evaluate-policy'

/** Evaluates after every so many steps, and after the last: what it came to is part of the step. */
export async function* withEvaluation(
  algorithm: Algorithm,
  everySteps: number,
  evaluate: () => Promise<PolicyEvaluated>,
): AsyncGenerator<StageStep, void, void> {
  for await (const step of algorithm) {
    const isDue = everySteps > 0 && (step.step % everySteps === 0 || step.step === step.totalSteps)
    if (!isDue) {
      yield step
      continue
    }
    const begun = performance.now()
    const { metrics, rollouts } = await evaluate()
    const seconds = { ...step.seconds, evaluate: (performance.now() - begun) / 1000 }
    // Where it stands is a method of the step.
    yield {
      ...step,
      metrics: { ...step.metrics, ...metrics },
      seconds,
      heldOut: rollouts,
      state: () => step.state(),
    }
  }
}
