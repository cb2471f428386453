import type { BenchCase } from './cases.ts'
import type { Contender } from './turns.ts'

/**
 * Steps that are taken before numbers are compared. Of training all losses are, or as many as a call takes; one that is
 * slower than `patience` shows two. Products are an odd number, since two with the factor give the start again.
 */
const comparedSteps: Readonly<Record<BenchCase['kind'], number>> = {
  training: 5,
  matmul: 3,
  gae: 1,
  'group-relative': 1,
  'ppo-loss': 1,
}

/** Seconds. */
const patience = 30

/** The first values of the one that others are compared with; also its warm-up. */
export async function expectedValues(spec: BenchCase, contender: Contender): Promise<readonly number[]> {
  const together = spec.kind === 'training' ? (spec.stepsPerCall ?? 1) : 1
  return (await contender.steps(Math.max(comparedSteps[spec.kind], together))).values
}

/** The first values, as many as are compared, or fewer losses of one that takes minutes; also the warm-up. */
export async function firstValues(
  spec: BenchCase,
  contender: Contender,
  count: number,
): Promise<readonly number[]> {
  if (spec.kind !== 'training') return (await contender.steps(comparedSteps[spec.kind])).values
  const losses: number[] = []
  const start = performance.now()
  while (losses.length < count && (losses.length < 2 || performance.now() - start < patience * 1000))
    losses.push(...(await contender.steps(1)).values)
  return losses
}

/** Largest difference, relative to the largest of the expected values; `NaN` when a value is not finite. */
export function relativeDifference(expected: readonly number[], values: readonly number[]): number {
  const shared = expected.slice(0, values.length)
  const scale = Math.max(...shared.map(Math.abs))
  return Math.max(...shared.map((value, i) => Math.abs(values[i]! - value))) / scale
}
