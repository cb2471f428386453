import type { ByteSource } from '../byte-source'
import { LmError } from '../lm-error'
import { PrefixTooShort } from './byte-reader'
import { type GgufHeader, parseGgufPrefix } from './parse-gguf'

/** Most headers are shorter; with the tokeniser of a large vocabulary they have some megabytes. */
const firstBytes = 2 ** 20

/** As long as those of safetensors may be. */
const longestHeader = 100_000_000

/**
 * The header of a GGUF file, of which no more than about twice its length is read.
 * @throws LmError `NOT_A_CHECKPOINT` when the file is no GGUF, `UNSUPPORTED_VERSION`, `UNSUPPORTED_DTYPE`;
 *   `INVALID_FILE` for a file that is cut off or contradicts itself, naming file and tensor.
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  for (let length = firstBytes; ; ) {
    const prefix = await source.read(0, Math.min(length, source.size))
    try {
      return parseGgufPrefix(prefix, source.size, source.name)
    } catch (error) {
      if (!(error instanceof PrefixTooShort)) throw error
      if (error.needed > longestHeader) {
        const problem = `expected a header of at most ${longestHeader} bytes, this one needs ${error.needed}`
        throw new LmError('INVALID_FILE', `${source.name}: ${problem}`)
      }
      length = Math.min(longestHeader, Math.max(error.needed, 4 * length))
    }
  }
}
