import { NnError } from '@prefkit/nn'
import { LmError, type LmErrorCode } from '../lm-error'

/** What the errors of safetensors files are called here. */
const codes: Readonly<Partial<Record<string, LmErrorCode>>> = {
  INVALID_FILE: 'INVALID_FILE',
  UNSUPPORTED_DTYPE: 'UNSUPPORTED_DTYPE',
  READ_FAILED: 'READ_FAILED',
  WRITE_FAILED: 'WRITE_FAILED',
}

/** Runs what reads or writes safetensors files; its errors become those of this package, and keep their messages. */
export async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (!NnError.isInstance(cause)) throw cause
    // What went wrong while a directory was written keeps its own code.
    if (LmError.isInstance(cause.cause)) throw cause.cause
    throw new LmError(codes[cause.code] ?? 'INVALID_FILE', cause.message, { cause })
  }
}
