import { open, readFile } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'
import { DatasetError } from '@prefkit/datasets'
import type { LocatedRow } from '../tables/located-row'

/** Enough to see how a file begins. */
const firstBytes = 4096

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** The first bytes of a file, unpacked; nothing of one that cannot be read, which whoever reads it tells of. */
async function beginningOf(file: string): Promise<Uint8Array> {
  const bytes = Buffer.alloc(firstBytes)
  try {
    const handle = await open(file)
    const { bytesRead } = await handle.read(bytes, 0, firstBytes, 0).finally(() => handle.close())
    const read = bytes.subarray(0, bytesRead)
    return isGzip(read) ? gunzipSync(read, { finishFlush: constants.Z_SYNC_FLUSH }) : read
  } catch {
    return new Uint8Array()
  }
}

/** Whether a file is one JSON array, plain or gzip, as many benchmarks are published. */
export async function isJsonArray(file: string): Promise<boolean> {
  const text = Buffer.from(await beginningOf(file)).toString('utf8')
  return /^\uFEFF?\s*\[/.test(text) && !/\.(csv|tsv)(\.gz)?$/i.test(file)
}

const malformed = (file: string, cause: Error): DatasetError =>
  new DatasetError('JSON_MALFORMED', `is no JSON array: ${cause.message}`, { file }, { cause })

/**
 * Rows of a file that is one JSON array of objects, plain or gzip.
 * @throws DatasetError naming the file, and the row that is no object.
 */
export async function* arrayRows(file: string): AsyncGenerator<LocatedRow> {
  const bytes = await readFile(file)
  const text = isGzip(bytes) ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8')
  let values: unknown[]
  try {
    values = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw malformed(file, cause as Error)
  }
  if (values.length === 0) throw new DatasetError('FILE_EMPTY', 'has no rows', { file })
  for (const [index, value] of values.entries()) {
    const place = { file, row: index + 1 }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new DatasetError('ROW_TYPE', 'expected an object', place)
    }
    yield { place, value: value as Record<string, unknown>, isText: false }
  }
}
