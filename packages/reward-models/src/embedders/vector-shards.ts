import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NnError } from '@prefkit/nn'
import { readSafetensors, writeSafetensors } from '@prefkit/nn/files'
import { tensor } from '@prefkit/tensor'
import { RewardModelError } from '../reward-model-error'

/** Vectors by the content hash of their text. */
export type KeyedVectors = Map<string, Float32Array>

/** 32-bit numbers in a hash of 256 bits. */
const keyLength = 8
const format = 'prefkit-vectors-1'
/** More shards than this are made one when they are read, so that writing text by text leaves few files. */
const mostShards = 64

const sha256 = (text: string, encoding: 'utf8' | 'utf16le') =>
  createHash('sha256').update(text, encoding).digest()

/** Content hash of a text under an embedder: SHA-256 of the id, a NUL and the text, as UTF-16. */
export const vectorKey = (id: string, text: string): string =>
  sha256(`${id}\0${text}`, 'utf16le').toString('latin1')

/** Folder of one embedder's vectors inside a cache. */
export const shardFolder = (directory: string, id: string): string =>
  join(directory, sha256(id, 'utf8').toString('hex').slice(0, 16))

/**
 * Adds vectors as one new file, whole or not at all: under a name that nobody else has, first written beside it and
 * then renamed.
 * @throws NnError `WRITE_FAILED` when it, or its folder, cannot be written.
 */
export async function writeShard(folder: string, id: string, vectors: KeyedVectors): Promise<string> {
  const keys = Buffer.from([...vectors.keys()].join(''), 'latin1')
  const rows = [...vectors.values()]
  const columns = rows[0]?.length ?? 0
  const data = new Float32Array(rows.length * columns)
  rows.forEach((row, i) => {
    data.set(row, i * columns)
  })
  const hashes = new Int32Array(Uint8Array.from(keys).buffer)
  const path = join(folder, `${randomUUID()}.safetensors`)
  await mkdir(folder, { recursive: true }).catch((cause: Error) => {
    const advice = 'choose another folder for the cache'
    throw new NnError('WRITE_FAILED', `${folder}: could not be made: ${cause.message}; ${advice}`, { cause })
  })
  await writeSafetensors(
    path,
    {
      keys: tensor(hashes, { shape: [rows.length, keyLength] }),
      vectors: tensor(data, { shape: [rows.length, columns] }),
    },
    { metadata: { format, id, digest: digestOf(hashes, data) } },
  )
  return path
}

/**
 * All vectors of a folder. Files that are still being written, or were when their process was killed, are passed over;
 * so are files that another process has just made part of a larger one, which is read instead.
 * @throws RewardModelError `CACHE_CORRUPT` naming the file and what to do.
 */
export async function readShards(folder: string, id: string): Promise<KeyedVectors> {
  const vectors: KeyedVectors = new Map()
  const read = new Set<string>()
  for (let vanished = true; vanished; ) {
    vanished = false
    const found = (await listShards(folder)).filter((path) => !read.has(path))
    for (const path of found) {
      const shard = await readShard(path, id)
      if (!shard) vanished = true
      for (const [key, row] of shard ?? []) vectors.set(key, row)
      read.add(path)
    }
  }
  checkWidths(folder, vectors)
  if (read.size > mostShards) {
    await writeShard(folder, id, vectors)
    for (const path of read) await rm(path, { force: true })
  }
  return vectors
}

async function listShards(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names.filter((name) => name.endsWith('.safetensors')).map((name) => join(folder, name))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    const message = `${folder}: the cache could not be read: ${(cause as Error).message}`
    throw new RewardModelError('CACHE_CORRUPT', message, { cause })
  }
}

/** The vectors of one file, or nothing when the file is gone. */
async function readShard(path: string, id: string): Promise<KeyedVectors | undefined> {
  const content = await readSafetensors(path).catch((cause: unknown) => {
    if (isMissing(cause)) return undefined
    throw corrupt(path, cause instanceof Error ? cause.message : String(cause), cause)
  })
  if (!content) return undefined
  const { keys, vectors } = content.tensors
  const { metadata } = content
  if (metadata.format !== format) throw corrupt(path, `it is not of the format ${format}`)
  if (metadata.id !== id) throw corrupt(path, `it is of the embedder ${metadata.id}, not ${id}`)
  const rows = keys?.dims[0] ?? -1
  if (keys?.dtype !== 'i32' || vectors?.dtype !== 'f32' || keys.dims[1] !== keyLength) {
    throw corrupt(path, 'it has no keys and vectors')
  }
  if (vectors.rank !== 2 || vectors.dims[0] !== rows)
    throw corrupt(path, 'its keys and vectors differ in number')
  if (vectors.dims[1] === 0) throw corrupt(path, 'its vectors have no numbers')
  const [hashes, data] = [keys.data as Int32Array, vectors.data as Float32Array]
  if (metadata.digest !== digestOf(hashes, data)) throw corrupt(path, 'its content is not what was written')
  return byKey(hashes, data, vectors.dims[1]!)
}

function byKey(hashes: Int32Array, data: Float32Array, columns: number): KeyedVectors {
  const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength)
  const text = bytes.toString('latin1')
  const width = keyLength * 4
  return new Map(
    Array.from({ length: text.length / width }, (_, i) => [
      text.slice(i * width, (i + 1) * width),
      data.subarray(i * columns, (i + 1) * columns),
    ]),
  )
}

const digestOf = (...parts: (Int32Array | Float32Array)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

const isMissing = (error: unknown): boolean =>
  NnError.isInstance(error) && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'

const corrupt = (path: string, reason: string, cause?: unknown) =>
  new RewardModelError(
    'CACHE_CORRUPT',
    `${path}: a file of the embedding cache is damaged: ${reason}. Delete it: its texts are then embedded again`,
    { cause },
  )

function checkWidths(folder: string, vectors: KeyedVectors): void {
  const widths = [...new Set([...vectors.values()].map((row) => row.length))]
  if (widths.length <= 1) return
  const message = `${folder}: the cached vectors of one embedder have lengths ${widths.join(' and ')}. Delete the folder`
  throw new RewardModelError('CACHE_CORRUPT', message)
}
