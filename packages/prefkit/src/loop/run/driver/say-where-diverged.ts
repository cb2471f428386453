/** Whether an error says that what learns is lost: what is sealed in the run's settings leads there again. */
export const isDivergence = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'DIVERGED'

/**
 * The same error, which says at which step of which stage it was, and what may help: its class, code and cause stay what programs
 * know it by.
 * @param stepSizes of the stage, each by its setting and its value.
 */
export function sayWhereDiverged(
  error: Error,
  stage: string,
  step: number,
  stepSizes: Readonly<Record<string, number>> = {},
): Error {
  const { message } = error
  // Without the function that found it.
  const problem = message.replace(/^\w+: /, '')
  const smaller = Object.entries(stepSizes).map(([setting, value]) => `${setting} than ${value}`)
  const remedy = `begin a new run with a smaller ${smaller.join(' or ') || 'step size'}`
  error.message = `${stage}: step ${step} diverged: ${problem}; ${remedy}`
  if (error.stack !== undefined) error.stack = error.stack.replace(message, () => error.message)
  return error
}
