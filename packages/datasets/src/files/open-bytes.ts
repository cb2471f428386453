import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DatasetError } from '../dataset-error'

/** How a data file's bytes are laid out. */
export type FileFormat = 'jsonl' | 'jsonl.gz' | 'parquet'

const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

const plainWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a directory, not a file',
}

/** An error of the file system as DatasetError FILE_UNREADABLE. */
function unreadable(file: string, cause: unknown): DatasetError {
  const code = systemCode(cause) ?? ''
  const detail =
    plainWords[code] ?? `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`
  return new DatasetError('FILE_UNREADABLE', detail, { file }, { cause })
}

/**
 * The format of a file, told by its first bytes and not by its name: gzip's 1f 8b, Parquet's PAR1, else JSON Lines.
 * Throws DatasetError FILE_UNREADABLE, and FILE_EMPTY for a file of no bytes.
 */
export async function fileFormat(file: string): Promise<FileFormat> {
  const start = Buffer.alloc(4)
  let length: number
  try {
    const handle = await open(file, 'r')
    try {
      length = (await handle.read(start, 0, 4, 0)).bytesRead
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw unreadable(file, cause)
  }
  if (length === 0) throw new DatasetError('FILE_EMPTY', 'has no bytes', { file })
  if (isGzip(start)) return 'jsonl.gz'
  return start.toString('latin1') === 'PAR1' ? 'parquet' : 'jsonl'
}

/** The bytes of a file or a stream as they are. Throws DatasetError FILE_UNREADABLE. */
async function* rawBytes(
  source: string | AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array, void> {
  try {
    const chunks: AsyncIterable<Uint8Array> = typeof source === 'string' ? createReadStream(source) : source
    for await (const chunk of chunks) yield chunk
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

/**
 * The content of gzip bytes. Throws DatasetError GZIP_CORRUPT once the stream ends early or fails its checksum; what
 * came before has then been yielded.
 */
async function* gunzippedBytes(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  // The error reaches the loop below through gunzip, which pipeline destroys with it.
  pipeline(Readable.from(bytes), gunzip, () => {})
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array
  } catch (cause) {
    if (DatasetError.isInstance(cause)) throw cause
    const early = systemCode(cause) === 'Z_BUF_ERROR'
    const detail = early ? 'the gzip stream ends early: the file is cut off' : 'the gzip stream is damaged'
    throw new DatasetError('GZIP_CORRUPT', detail, { file }, { cause })
  }
}

/** The first two bytes or more, or all there are. */
async function readHead(bytes: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array()
  while (head.length < 2) {
    const { value, done } = await bytes.next()
    if (done) break
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  return head
}

async function* prepend(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array> {
  try {
    yield head
    yield* rest
  } finally {
    // A reader that leaves at the head has not begun the rest, which would stay open.
    await rest.return()
  }
}

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

/**
 * The text bytes of a file, or of a stream that errors call `file`: plain or gzip, told by the first bytes. Throws
 * DatasetError FILE_UNREADABLE and GZIP_CORRUPT.
 */
export async function* openText(
  source: string | AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const bytes = rawBytes(source, file)
  const head = await readHead(bytes)
  const all = prepend(head, bytes)
  yield* isGzip(head) ? gunzippedBytes(all, file) : all
}
