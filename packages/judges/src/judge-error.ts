const MARKER = Symbol.for('prefkit.judges.error')

/**
 * Why a judge, or what works with its judgements, refused or gave up. `INVALID_OPTION`: an unknown option, or a value
 * that it has not. `OUT_OF_RANGE`: a number outside what the docstring says. `NOT_FINITE`: NaN or an infinity where a
 * number was expected. `LENGTH_MISMATCH`: lists that do not fit together. `EMPTY`: nothing to work on.
 * `INVALID_INPUT`: an item or a saved value that is not what was expected. `INTERRUPTED`: a person ended the
 * questions. `QUORUM_MISSED`: members of a panel failed, and too few were left. `NO_ANSWER`: the judge has no answer
 * where the caller's framework has no place for that. Of batches: `DUPLICATE_ID`: two items with one id.
 * `ITEM_CHANGED`: an item that the journal has with other content. `JOURNAL_MISMATCH`: a file that is no journal, or
 * of another judge, task, layout or settings. `JOURNAL_DAMAGED`: a line that does not match its checksum. `LOCKED`:
 * another process is at work on it. `WRITE_FAILED`: the disk refused. `BUDGET_SPENT`: the run came to its limit of
 * cost or tokens. `ITEM_FAILED`: an item failed; why is in `cause`. Of servers: `SERVER_STATUS`: an answer with an
 * error status, which is in `status`. `NETWORK`: no connection, or one that was lost. `TIMEOUT`: no whole answer in
 * time. `BAD_RESPONSE`: an answer that is not of the expected form. `NO_LOGPROBS`: an answer without the
 * log-probabilities that were asked for. `RETRIES_EXHAUSTED`: each attempt failed; how the last one did is in `cause`.
 * `ABORTED`: the caller's signal.
 */
export type JudgeErrorCode =
  | 'INVALID_OPTION'
  | 'OUT_OF_RANGE'
  | 'NOT_FINITE'
  | 'LENGTH_MISMATCH'
  | 'EMPTY'
  | 'INVALID_INPUT'
  | 'INTERRUPTED'
  | 'QUORUM_MISSED'
  | 'NO_ANSWER'
  | 'DUPLICATE_ID'
  | 'ITEM_CHANGED'
  | 'JOURNAL_MISMATCH'
  | 'JOURNAL_DAMAGED'
  | 'LOCKED'
  | 'WRITE_FAILED'
  | 'BUDGET_SPENT'
  | 'ITEM_FAILED'
  | 'SERVER_STATUS'
  | 'NETWORK'
  | 'TIMEOUT'
  | 'BAD_RESPONSE'
  | 'NO_LOGPROBS'
  | 'RETRIES_EXHAUSTED'
  | 'ABORTED'

/**
 * The one error this package throws. `code` is stable; the message names the parameter, the value and what was
 * expected.
 */
export class JudgeError extends Error {
  override readonly name = 'JudgeError'
  readonly code: JudgeErrorCode
  /** What is at fault, as the caller spells it, with its index where there is one. */
  readonly parameter: string
  /** The HTTP status of the answer that this is about, where there was one. */
  declare readonly status?: number
  readonly [MARKER] = true

  constructor(
    code: JudgeErrorCode,
    parameter: string,
    message: string,
    options: ErrorOptions & { readonly status?: number } = {},
  ) {
    const { status, ...rest } = options
    super(message, rest)
    this.code = code
    this.parameter = parameter
    if (status !== undefined) this.status = status
  }

  /** True for this error from any copy of the package, where `instanceof` fails across duplicate installs. */
  static isInstance(error: unknown): error is JudgeError {
    return error instanceof Error && (error as { [MARKER]?: unknown })[MARKER] === true
  }
}
