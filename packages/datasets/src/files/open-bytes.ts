import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
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
  if (start[0] === 0x1f && start[1] === 0x8b) return 'jsonl.gz'
  return start.toString('latin1') === 'PAR1' ? 'parquet' : 'jsonl'
}

/** A file's bytes as they are. Throws DatasetError FILE_UNREADABLE. */
async function* plainBytes(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

/**
 * A gzip file's content. Throws DatasetError FILE_UNREADABLE, and GZIP_CORRUPT once the stream ends early or fails
 * its checksum; what came before has then been yielded.
 */
async function* gunzippedBytes(file: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  // The error reaches the loop below through gunzip, which pipeline destroys with it.
  pipeline(createReadStream(file), gunzip, () => {})
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array
  } catch (cause) {
    const code = systemCode(cause) ?? ''
    if (!code.startsWith('Z_')) throw unreadable(file, cause)
    const early = code === 'Z_BUF_ERROR'
    const detail = early ? 'the gzip stream ends early: the file is cut off' : 'the gzip stream is damaged'
    throw new DatasetError('GZIP_CORRUPT', detail, { file }, { cause })
  }
}

/** The text bytes of a JSON Lines file, plain or gzip, as a stream. */
export function textBytes(file: string, format: 'jsonl' | 'jsonl.gz'): AsyncIterable<Uint8Array> {
  return format === 'jsonl' ? plainBytes(file) : gunzippedBytes(file)
}
