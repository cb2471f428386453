/**
 * The same error, at whose end it says how to go on once what went wrong is mended: its class, code and cause stay what programs know
 * it by.
 */
export function sayHowToGoOn(error: unknown, resumeWith: string): unknown {
  if (!(error instanceof Error)) return error
  const { message, stack } = error
  error.message = `${message}; once that is mended, go on with: ${resumeWith}`
  // Faults are shown by their stack, which begins with the message.
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message)
  return error
}
