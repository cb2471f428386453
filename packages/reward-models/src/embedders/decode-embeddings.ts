import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'
import { quote } from './post-json'

/** An entry of the answer's `data`, as far as it can be trusted. */
interface Entry {
  readonly index?: unknown
  readonly embedding?: unknown
}

/**
 * The vectors in an answer of `/v1/embeddings`, brought into the order of their `index`: lists of numbers, or base64 of
 * little-endian float32.
 * @param source The URL, for messages.
 * @throws RewardModelError `EMBEDDING_FAILED` for what is not JSON, has no `data`, or not one vector for each of `count`
 *   texts; `DIMENSION_MISMATCH` for vectors of different lengths. That all are finite is not checked.
 */
export function decodeEmbeddings(body: string, count: number, source: string): Matrix {
  const rows = readEntries(body, count, source).map((entry, i) => decodeVector(entry.embedding, i, source))
  const columns = rows[0]?.length ?? 0
  const other = rows.findIndex((row) => row.length !== columns)
  if (other >= 0) {
    const message = `${source}: vector ${other} has ${rows[other]!.length} numbers where vector 0 has ${columns}`
    throw new RewardModelError('DIMENSION_MISMATCH', message)
  }
  const data = new Float32Array(rows.length * columns)
  rows.forEach((row, i) => {
    data.set(row, i * columns)
  })
  return { data, rows: rows.length, columns }
}

function readEntries(body: string, count: number, source: string): Entry[] {
  const entries = (parse(body, source) as { data?: unknown } | null)?.data
  if (!Array.isArray(entries)) throw failed(source, `expected JSON with a list data, got: ${quote(body)}`)
  if (entries.length !== count) throw failed(source, `gave ${entries.length} vectors for ${count} texts`)
  const ordered = new Array<Entry | undefined>(count).fill(undefined)
  entries.forEach((entry: Entry | null, i) => {
    // Some servers leave the index out and answer in order.
    const index = entry?.index ?? i
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count) {
      throw failed(
        source,
        `entry ${i} of data has the index ${JSON.stringify(index)}, outside 0 to ${count - 1}`,
      )
    }
    if (ordered[index as number]) throw failed(source, `gave two vectors for text ${index}`)
    ordered[index as number] = entry ?? {}
  })
  return ordered as Entry[]
}

function parse(body: string, source: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw failed(source, `expected JSON, got: ${quote(body) || 'nothing'}`, cause)
  }
}

function decodeVector(embedding: unknown, i: number, source: string): ArrayLike<number> {
  if (Array.isArray(embedding)) {
    // A null, which is how JSON writes NaN, becomes NaN again and is found by the check for finite numbers.
    return embedding.map((value) => (typeof value === 'number' ? value : Number.NaN))
  }
  if (typeof embedding !== 'string')
    throw failed(source, `vector ${i} is neither a list of numbers nor base64`)
  const bytes = Buffer.from(embedding, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0)
    throw failed(source, `vector ${i} is not base64 of float32 numbers`)
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4))
}

const failed = (source: string, reason: string, cause?: unknown) =>
  new RewardModelError('EMBEDDING_FAILED', `${source}: ${reason}`, { cause })
