import { open, readFile } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'
import { DatasetError } from '@prefkit/datasets'

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

/** Whether a file is one JSON array, plain or gzip; a line of JSON Lines that is a list is no such file. */
export async function isJsonArray(file: string): Promise<boolean> {
  const text = Buffer.from(await beginningOf(file)).toString('utf8')
  return /^\uFEFF?\s*\[\s*(\{|\]|$)/.test(text)
}

/**
 * The values of a file that is one JSON array, plain or gzip; it is read whole.
 * @throws DatasetError `JSON_MALFORMED` naming the file.
 */
export async function readJsonArray(file: string): Promise<readonly unknown[]> {
  const bytes = await readFile(file)
  const text = (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString('utf8')
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    const message = `is no JSON array: ${(cause as Error).message}`
    throw new DatasetError('JSON_MALFORMED', message, { file }, { cause })
  }
}
