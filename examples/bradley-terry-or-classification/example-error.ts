/** What was wrong. */
export type ExampleErrorCode = 'INVALID_OPTION' | 'BAD_TABLE' | 'BAD_RESULTS'

/** An error whose message is meant for the person at the terminal. */
export class ExampleError extends Error {
  override readonly name = 'ExampleError'
  readonly code: ExampleErrorCode

  constructor(code: ExampleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
