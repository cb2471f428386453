import { LmError } from '@prefkit/lm'
import { PrefkitError } from '../prefkit-error'

/** Does something with a row, and gives an error of it the place of the row. */
export function placed<Result>(place: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    const text = `${place}: ${(cause as Error).message}`
    if (LmError.isInstance(cause)) throw new LmError(cause.code, text, { cause })
    if (PrefkitError.isInstance(cause) && !cause.message.startsWith(place))
      throw new PrefkitError(cause.code, text, { cause })
    throw cause
  }
}
